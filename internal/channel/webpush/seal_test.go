package webpush

import (
	"crypto/ecdh"
	"encoding/base64"
	"testing"
)

// The example of RFC 8291, section 5: its keys, its salt, its body.
func TestSealIsThatOfTheSpecification(t *testing.T) {
	raw := func(s string) []byte {
		b, err := decode(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	once, err := ecdh.P256().NewPrivateKey(raw("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"))
	if err != nil {
		t.Fatal(err)
	}
	to := Secrets{
		P256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
		Auth:   "BTBZMqHH6r4Tts7J_aSIgg",
	}
	const want = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A" +
		"_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
	got, err := seal(to, []byte("When I grow up, I want to be a watermelon"), 0, once, raw("DGv6ra1nlYgDCS1FRnbzlw"))
	if text := base64.RawURLEncoding.EncodeToString(got); err != nil || text != want {
		t.Errorf("seal = %s, %v; want %s", text, err, want)
	}
}
