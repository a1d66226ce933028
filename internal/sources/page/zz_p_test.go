package page
import ("testing";"fmt";"os";"github.com/sainyuka/sainyuka/internal/stock")
func TestQ(t *testing.T){
 for _,s:=range []string{"1 200 р.","1 990 ₽","1 200 руб.","352,00 – 376,45 б.р.","$229","2 449,00 kr."}{ fmt.Println(s, amounts(s,""), amounts(s,"RUB")) }
 for _,s:=range []string{"Dieser Artikel steht derzeit nicht zur Verfügung!","Есть в наличии","Доступность: Есть в наличии","Нет в наличии"}{ a,ok:=StockPhrase(s); fmt.Println(s,a,ok,len([]rune(s))) }
 fmt.Println(Buys("Купить"), Buys("Перейти в корзину"))
}

func TestTags(t *testing.T) {
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
	for _, x := range d.layout().tags[box] {
		fmt.Println(x.score, x.was, x.price, x.text, where(x.node))
	}
}
