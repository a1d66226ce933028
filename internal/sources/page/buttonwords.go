package page

// Texts of buttons in folded lower case, a line or more for each language.
var (
	// cartPhrases say what they do wherever they stand.
	cartPhrases = newLexicon(
		// Japanese
		"カートに入れ", "カートへ入れ", "カートにいれ", "カートに入る", "カートに追加", "カートに商品を入れ", "カートイン", "カゴに入れ", "かごに入れ", "カゴへ入れ", "かごへ入れ", "カゴに追加", "かごに追加", "買い物かごに", "買物かごに", "買い物カゴに", "バッグに入れ", "バッグに追加", "ショッピングバッグに",
		"今すぐ購入", "今すぐ買う", "購入手続き", "購入に進む", "レジへ進む", "レジへすすむ", "ショッピングカートへ", "購入へ進む", "購入する", "購入画面へ", "ご購入はこちら", "注文する", "注文手続き", "注文に進む", "レジに進む",
		// English
		"cart in", "add to cart", "add to basket", "add to bag", "add to trolley", "add to tote", "add to shopping", "add to my cart", "add to my bag", "add to my basket", "add to your", "add to order", "add item to", "add for shipping", "add for delivery", "put in cart", "put in basket", "put into cart", "place in cart",
		"buy now", "buy it now", "buy this now", "buy online", "purchase now", "order online", "place bid", "place a bid", "submit bid", "bid now", "buy tickets", "book tickets",
		// German, Dutch
		"in den warenkorb", "in den einkaufswagen", "in den einkaufskorb", "in die einkaufstasche", "in warenkorb", "im warenkorb ablegen", "zum warenkorb hinzufügen", "jetzt kaufen", "sofort kaufen", "sofort-kaufen", "jetzt bestellen", "online bestellen", "online kaufen", "tickets kaufen", "jetzt bieten", "gebot abgeben",
		"in winkelwagen", "in winkelmand", "in mijn winkel", "in de winkelwagen", "in de winkelmand", "in het winkelmandje", "toevoegen aan winkel", "toevoegen aan de winkel", "voeg toe aan winkel", "aan winkelwagen toevoegen", "nu kopen", "koop nu", "direct kopen", "bestel nu", "nu bestellen", "online bestellen",
		// French
		"ajouter au panier", "ajouter à mon panier", "ajouter dans le panier", "ajouter dans mon panier", "ajouter à la commande", "ajouter au caddie", "ajouter au chariot", "ajouter au sac", "mettre au panier", "mettre dans le panier", "acheter maintenant", "acheter cet article", "acheter en ligne", "achat immédiat", "achat express", "j'achète", "j’achète", "je commande", "enchérir", "placer une enchère",
		// Italian
		"aggiungi al carrello", "aggiungi alla borsa", "aggiungi alla shopping", "aggiungi al tuo", "metti nel carrello", "inserisci nel carrello", "acquista ora", "acquista adesso", "acquista subito", "acquista online", "compra ora", "compra subito", "compralo subito", "ordina ora",
		// Spanish, Catalan, Portuguese
		"añadir al carrito", "añadir al carro", "añadir a la cesta", "añadir a cesta", "añadir a mi cesta", "añadir a la bolsa", "agregar al carro", "agregar al carrito", "agregar a carrito", "agregar a la bolsa", "agregar a mi", "agregar a bolsa", "poner en la cesta", "comprar ahora", "comprar ya", "cómpralo ya", "lo quiero ya", "comprar en línea", "pujar ahora", "hacer una puja", "afegir a la cistella", "afegeix a la cistella",
		"adicionar ao carrinho", "adicionar ao cesto", "adicionar ao carro", "adicionar à sacola", "adicionar a sacola", "adicionar na sacola", "adicionar à cesta", "colocar no carrinho", "colocar na sacola", "pôr no carrinho", "comprar agora", "compre agora", "compre já",
		// Polish, Czech, Slovak, Hungarian
		"dodaj do koszyka", "do koszyka", "kup teraz", "kup i zapłać", "kup online", "do košíku", "do košíka", "do kosika", "do kosiku", "kúpiť teraz", "koupit nyní",
		"kosárba", "kosaramba", "megveszem", "megrendelem",
		// Romanian, the languages of the Balkans, Greek
		"adauga in cos", "adaugă în coș", "adaugă în coş", "adauga în coş", "adauga în coș", "adauga in cosul", "adaugă în coșul", "adaugă în coşul", "cumpără acum", "cumpara acum", "comandă acum", "comanda acum",
		"v košarico", "u košaricu", "u korpu", "u kosaricu", "v kosarico", "dodaj u", "kupi odmah", "kupi zdaj", "në shportë", "в количката", "купи сега", "во кошничка", "у корпу", "στο καλάθι", "αγορά τώρα", "αγόρασέ το",
		// Russian, Ukrainian, Belarusian, Kazakh
		"в корзину", "добавить в корз", "купить сейчас", "купить в 1 клик", "купить в один клик", "купить онлайн", "до кошика", "у кошик", "в кошик", "купити зараз", "у кошык", "себетке",
		// The languages of the Baltic and of the north
		"grozā", "grozam", "į krepšelį", "ostukorvi", "lisa korvi", "ostoskoriin", "lisää koriin", "osta nyt",
		"i varukorg", "i varukorgen", "i kundvagn", "i kundvagnen", "köp nu", "i kurv", "i kurven", "til kurv", "i indkøbskurv", "i indkøbskurven", "i handlekurv", "i handlekurven", "i handlevogn", "i handlevognen", "køb nu", "kjøp nå", "í körfu",
		// Turkish, Azerbaijani, Georgian, Armenian
		"sepete ekle", "sepete at", "sepetime ekle", "hemen al", "hemen satın al", "şimdi al", "səbətə at", "səbətə əlavə", "კალათაში", "ավելացնել զամբյուղ",
		// Hebrew, Arabic, Persian
		"הוסף לסל", "הוספה לסל", "הוסיפו לסל", "הוסף לעגלה", "הוספה לעגלה", "הוסיפי לסל", "קנה עכשיו", "קנו עכשיו",
		"إلى السلة", "الى السلة", "إلى سلة", "الى سلة", "للسلة", "إلى عربة", "الى عربة", "إلى العربة", "الى العربة", "للعربة", "إلى الحقيبة", "الى الحقيبة", "إلى حقيبة", "الى حقيبة", "اشتر الآن", "اشتري الآن", "افزودن به سبد", "اضافه به سبد", "خرید آنلاین",
		// Hindi, Thai, Vietnamese, Indonesian and Malay
		"कार्ट में", "अभी खरीदें", "ใส่ตะกร้า", "หยิบใส่", "ลงตะกร้า", "ลงในตะกร้า", "ใส่รถเข็น", "ซื้อเลย", "ซื้อทันที", "ซื้อสินค้า", "สั่งซื้อ", "thêm vào giỏ", "cho vào giỏ", "thêm giỏ hàng", "mua ngay", "đặt hàng", "đặt mua", "chọn mua",
		"tambah ke keranjang", "tambahkan ke keranjang", "masukkan ke keranjang", "masuk keranjang", "masukkan keranjang", "+ keranjang", "+keranjang", "beli sekarang", "beli langsung", "pesan sekarang", "ke troli", "ke dalam troli",
		// Chinese, Korean
		"加入購物車", "放入購物車", "加到購物車", "放進購物車", "添加到購物車", "加入购物车", "放入购物车", "添加到购物车", "加入購物袋", "加入购物袋", "加入购物篮", "立即購買", "立即购买", "立刻購買", "立刻购买", "馬上購買", "马上购买", "馬上買", "直接購買", "我要購買", "我要買", "立即搶購", "立即抢购", "馬上搶購", "立即訂購", "立即订购", "立即下單", "立即下单", "立即結帳", "立即預訂", "立即预订",
		"바로구매", "바로 구매", "구매하기", "장바구니 담기", "장바구니담기", "장바구니에", "쇼핑백 담기", "쇼핑백에", "카트에 담기", "카트 담기", "주문하기", "지금 구매",
		// Shapes that the lists above have for other languages
		"買い物カゴへ", "買い物かごへ", "買物カゴへ", "注文へ進む", "注文画面へ", "即購入", "申し込む", "申込む", "お申し込みはこちら", "お申込みはこちら", "お申込はこちら", "購入はこちら", "お買い求めはこちら", "お買い物カゴへ", "get it now", "in die tasche", "in den beutel", "lo quiero", "toevoegen aan winkelwagen", "toevoegen aan winkelmand", "toevoegen aan mandje", "toevoegen aan winkelmandje", "dodaj v voziček", "v voziček", "לקנייה", "เพิ่มลงตะกร้า", "เพิ่มไปยังรถเข็น", "เพิ่มลงในตะกร้า", "เพิ่มในรถเข็น", "idagdag sa cart", "savatga", "savatchaga", "ყიდვა", "сагсанд", "lisa ostukorvi",
	)
	preorderLabels = newLexicon(
		"予約する", "今すぐ予約", "ご予約はこちら", "予約注文する", "予約カート", "pre-order", "preorder", "pre order", "vorbestellen", "pre-order now", "précommander", "reservar ahora", "preordina", "prenota ora", "preordenar", "pré-venda", "pré-encomenda", "reserveer nu", "zamów przedpremierowo", "kup w przedsprzedaży", "předobjednat", "predobjednať", "előrendelem", "предзаказ", "оформить предзаказ", "förboka", "forudbestil", "forhåndsbestill", "ön sipariş", "預購", "立即預購", "预购", "예약구매", "예약 구매", "예약주문",
	)
	// orderVerbs are words that also stand in titles and headings; a button's text
	// is or begins with one.
	orderVerbs = []string{
		"購入", "カートへ", "カゴへ", "かごへ", "ご注文", "ご注文はこちら", "注文はこちら", "買う", "place order", "buy", "order", "order now", "purchase", "get tickets", "book now", "checkout", "check out", "shop now", "kaufen", "bestellen", "acheter", "commander", "comprar", "compra", "comprar en", "acquista", "compralo", "ordina", "encomendar", "koop", "kopen", "kup", "zamów", "koupit", "objednat", "kúpiť", "objednať", "vásárlás", "megrendelés", "cumpără", "cumpara", "comandă", "comanda",
		"kupi", "naroči", "naruči", "blej", "kjøp", "köp", "beställ", "køb", "bestil", "bestill", "osta", "tilaa", "telli", "pirkt", "pirkti", "pirk", "купить", "заказать", "купити", "замовити", "купи", "поръчай", "нарачај", "сатып алу", "satın al", "sipariş ver", "αγορά", "αγοράστε", "παραγγελία", "購買", "购买", "訂購", "订购", "下單", "下单", "買", "결제", "구매", "구입", "주문", "קנה", "לרכישה", "הזמן", "شراء", "اشتري", "خرید", "mua", "beli", "ซื้อ",
	}
	// addVerbs order where they are all that a button says.
	addVerbs = []string{"add", "hinzufügen", "ajouter", "añadir", "agregar", "adicionar", "aggiungi", "toevoegen", "dodaj", "přidat", "pridať", "adaugă", "добавить", "додати", "добави", "ekle", "lägg till", "tilføj", "legg til", "lisää", "προσθήκη", "הוספה", "أضف", "加入", "담기", "jetzt buchen", "buchen", "boek nu"}
	// notBuyWords make of any of these something else.
	notBuyWords = newLexicon(
		"お知らせ", "通知", "抽選", "お気に入り", "リクエスト", "再入荷", "入荷", "売り切れ", "売切れ", "品切れ", "在庫切れ", "在庫なし", "完売", "できません", "終了", "方法", "ガイド", "履歴", "レビュー", "説明", "ランキング", "まとめて", "一緒に", "セットで", "見る", "確認", "全て", "すべて", "流程", "須知", "说明", "說明", "通知我", "缺貨", "缺货", "售完", "售罄", "품절", "안내", "방법", "내역",
		"notify", "wish", "wishlist", "favorites", "favourites", "compare", "list", "registry", "sold out", "out of stock", "unavailable", "not available", "view", "go to", "guide", "gift card", "protection", "warranty", "insurance", "review", "together", "both", "all", "how to", "why", "in store", "sample", "samples", "track", "history", "status", "voir", "merkzettel", "wunschliste", "wunschzettel", "ver", "added", "tracking", "subscribe", "newsletter", "account",
		"favoris", "envies", "favoritos", "deseos", "desejos", "preferiti", "desideri", "verlanglijst", "favorieten", "ulubionych", "schowka", "oblíbených", "obľúbených", "porovnání", "porovnanie", "vergleich", "избранное", "сравнение", "обране", "порівняння", "favori", "favoriler", "önskelista", "ønskeliste", "favoriter", "suosikki", "как купить", "как заказать", "как оформить",
		"перейти", "в корзине", "przejdź", "zobacz", "pokaż", "přejít", "zobrazit", "prejsť", "visa", "gå till", "gå til", "anzeigen", "ansehen", "vai", "vedi", "ir al", "ir a", "ir para", "ga naar", "bekijk", "bekijken", "xem", "lihat", "pogledaj", "vezi", "δείτε", "μετάβαση", "git", "اذهب", "الذهاب", "انتقل", "الانتقال", "عرض", "查看", "보기", "ดู",
	)
)

// orderNames are parts of the ids, names and classes that shops give to such
// buttons, without hyphens and spaces.
var orderNames = []string{
	"addtocart", "addtobasket", "addtobag", "addtotrolley", "addtoorder", "addtoshopping", "additemto", "addcart", "add2cart", "cartadd", "buynow", "buybutton", "buttonbuy",
	"btnbuy", "btncart", "buttoncart", "cartbtn", "cartbutton", "cartinbtn", "intocart", "placebid", "addproducttocart", "addtobuy", "atcbutton", "btnatc", "addwarenkorb", "inwarenkorb", "ajouterpanier", "ajoutpanier", "addpanier", "btnpanier", "dokosiku", "dokosika", "dokoszyka", "addtocarrello", "addcarrello", "addcarrinho", "addcarrito", "sepeteekle",
}
