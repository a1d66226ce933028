package page
import ("testing";"fmt";"os";"github.com/sainyuka/sainyuka/internal/stock")
func TestQ2(t *testing.T){
 for _,s:=range []string{"Brez DDV: 36.53€","bez DPH 3,56 € s DPH 4,27 €", "Winning bid: £115.00"}{ fmt.Println(s, amounts(s,"")) }
}
func TestLines(t *testing.T) {
	b, err := os.ReadFile(os.Getenv("DUMP"))
	if err != nil {
		t.Skip()
	}
	d := Parse(stock.Page{URL: os.Getenv("U"), Body: b})
	en, _ := d.buttons()
	_, box := d.orderForm(en)
	if box == nil {
		box = d.headingBox()
	}
	fmt.Println("BOX", where(box), d.layout().size[box])
	for _, l := range append(d.linesOf(box), d.nearby(box)...) {
		a, _ := StockPhrase(l.text)
		fmt.Println(a, "|", l.text, "|", where(l.node))
	}
}
