package page

import (
	"net/url"
	"testing"
)

func TestKindOfAddress(t *testing.T) {
	names := map[addressKind]string{anyAddress: "any", itemAddress: "item", categoryAddress: "category", searchAddress: "search"}
	for _, c := range []struct {
		url  string
		want addressKind
	}{
		{"https://shop.example/search?q=a", searchAddress},
		{"https://shop.example/search", categoryAddress},
		{"https://shop.example/?s=a&post_type=product", searchAddress},
		{"https://shop.example/?mode=srh&keyword=a", searchAddress},
		{"https://shop.example/?mode=cate&cbid=12345&csid=0", categoryAddress},
		{"https://shop.example/?pid=123456789", itemAddress},
		{"https://shop.example/?word=a", searchAddress},
		{"https://shop.example/index.php?QK=a", searchAddress},
		{"https://shop.example/goods?QK=a", searchAddress},
		{"https://shop.example/list.php?smt=a", searchAddress},
		{"https://shop.example/php/nsearch.phtml?search_keyword=a", searchAddress},
		{"https://shop.example/php/nsearch.phtml?genre=a", searchAddress},
		{"https://shop.example/product-list?keyword=a", searchAddress},
		{"https://shop.example/product-list/12", categoryAddress},
		{"https://shop.example/products/list", categoryAddress},
		{"https://shop.example/products/list?category_id=5", categoryAddress},
		{"https://shop.example/products/list?name=a", searchAddress},
		{"https://shop.example/products/list.php?name=a", searchAddress},
		{"https://shop.example/products/detail/12", itemAddress},
		{"https://shop.example/products/detail.php?product_id=12", itemAddress},
		{"https://shop.example/products/edo-kiriko", itemAddress},
		{"https://shop.example/collections/cups", categoryAddress},
		{"https://shop.example/collections/cups/products/edo-kiriko", itemAddress},
		{"https://shop.example/product-category/cups/", categoryAddress},
		{"https://shop.example/product/edo-kiriko/", itemAddress},
		{"https://shop.example/search/%E3%81%82/0/", searchAddress},
		{"https://shop.example/s?k=a", searchAddress},
		{"https://shop.example/s/files/1", anyAddress},
		{"https://shop.example/search_result.aspx?keyword=a", searchAddress},
		{"https://shop.example/product_detail.aspx?sku=22703751", itemAddress},
		{"https://shop.example/shop/goods/search.aspx?keyword=a", searchAddress},
		{"https://shop.example/shop/g/g4902370553024/", itemAddress},
		{"https://shop.example/shopdetail/000000000012/", itemAddress},
		{"https://shop.example/shopbrand/ct5/", categoryAddress},
		{"https://shop.example/shop/shopbrand.html?search=a", searchAddress},
		{"https://shop.example/view/search?search_keyword=a", searchAddress},
		{"https://shop.example/view/item/000000000012", itemAddress},
		{"https://shop.example/p/search?keyword=a", searchAddress},
		{"https://shop.example/items/12345", itemAddress},
		{"https://shop.example/item/1?q=a", itemAddress},
		{"https://shop.example/dp/B002XA6AU4?keywords=a", itemAddress},
		{"https://shop.example/", anyAddress},
		{"https://shop.example/blue-shirt.html", anyAddress},
		{"https://shop.example/blue-shirt?s=1", anyAddress},
	} {
		u, err := url.Parse(c.url)
		if err != nil {
			t.Fatal(err)
		}
		if got := kindOf(u); got != c.want {
			t.Errorf("kindOf(%s) = %s, want %s", c.url, names[got], names[c.want])
		}
	}
}
