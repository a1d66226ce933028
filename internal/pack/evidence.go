package pack

import "github.com/sainyuka/sainyuka/internal/stock"

// SampleEvidence has what the evidence of most looks has in common.
func SampleEvidence() []stock.Evidence {
	return []stock.Evidence{
		{Method: stock.MethodJSONLD, Fact: "availability", Value: "OutOfStock", Text: "https://schema.org/OutOfStock", Where: "script[0].offers.availability"},
		{Method: stock.MethodJSONLD, Fact: "availability", Value: "InStock", Text: "https://schema.org/InStock", Where: "script[1].offers[0].availability"},
		{Method: stock.MethodBuyBox, Fact: "availability", Value: "SoldOut", Text: "売り切れました", Where: "html > body > div.buybox > p.stock"},
		{Method: stock.MethodJSONLD, Fact: "price", Value: "1980 JPY", Text: "1980", Where: "script[0].offers.price"},
		{Method: stock.MethodBuyBox, Fact: "price", Value: "1980 JPY", Text: "1,980円(税込)", Where: "html > body > div.buybox > p.price"},
		{Method: stock.MethodJSONLD, Fact: "title", Where: "script[0].name"},
		{Method: stock.MethodJSONLD, Fact: "condition", Value: "new", Text: "https://schema.org/NewCondition", Where: "script[0].offers"},
		{Method: stock.MethodJSONLD, Fact: "seller", Where: "script[0].offers"},
		{Method: stock.MethodMicrodata, Fact: "availability", Where: "html > body > div > main > section > div > form > button[type=submit]"},
		{Method: stock.MethodOpenGraph, Fact: "price", Where: `meta[property="product:price:amount"]`},
		{Method: stock.MethodPageData, Fact: "availability", Where: "script#__NEXT_DATA__.props.pageProps"},
	}
}
