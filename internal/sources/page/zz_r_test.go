package page
import ("testing";"fmt";"unicode/utf8")
func TestQ3(t *testing.T){
 for _,s:=range []string{"126 ر.س (تتضمن ضريبة القيمة المضافة)"}{ fmt.Println(utf8.RuneCountInString(s), amounts(s,"SAR"), amounts(s,"")) }
}
