package stock

import (
	"errors"
	"fmt"
	"strings"
)

// CheckCode says what is wrong with the number under a bar code: a JAN, EAN or
// GTIN of 8 or 13 digits, a UPC of 12, or an ISBN of 13. The last digit is made
// from the others, so that most slips of the finger are found here and not by a
// watch that never finds anything.
func CheckCode(code string) error {
	switch {
	case code == "":
		return errors.New("is empty: give the digits below the bar code")
	case strings.Trim(code, "0123456789") != "":
		return fmt.Errorf("must be digits only, without spaces and hyphens, not %q", code)
	case len(code) == 10:
		return fmt.Errorf("%q has 10 digits, as an ISBN of old had: give the one of 13, which begins with 978", code)
	case len(code) != 8 && len(code) != 12 && len(code) != 13:
		return fmt.Errorf("must have 13 digits (or 8, or 12), and %q has %d", code, len(code))
	}
	last := len(code) - 1
	if want := checkDigit(code[:last]); code[last] != want {
		return fmt.Errorf("the check digit of %q does not fit: it ends in %c, and %s would end in %c; look for a mistyped digit",
			code, code[last], code[:last], want)
	}
	return nil
}

// SameCode reports whether two codes name one product. A UPC of 12 digits is an
// EAN of 13 with a zero before it.
func SameCode(a, b string) bool {
	return strings.TrimLeft(a, "0") == strings.TrimLeft(b, "0") && strings.Trim(a, "0") != ""
}

// checkDigit weighs the digits 3, 1, 3, ... from the right, as GS1 wants it.
func checkDigit(digits string) byte {
	sum := 0
	for i := range len(digits) {
		weight := 3
		if (len(digits)-1-i)%2 == 1 {
			weight = 1
		}
		sum += weight * int(digits[i]-'0')
	}
	return byte('0' + (10-sum%10)%10)
}
