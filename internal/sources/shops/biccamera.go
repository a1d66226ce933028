package shops

import "regexp"

// biccamera reads items of Bic Camera (www.biccamera.com/bc/item/<id>/).
//
// No real page was at hand: all of this is [C]. The title is h1[itemprop=name],
// the price strong[itemprop=price] with its amount in content. .bcs_subText states
// the stock on the tile of each colour or size, and each tile links to its own
// item, so that only the tile of this page's item counts. The apology in
// #RIGHT-SIDE is [C] of years ago. A button 一緒にカートに入れる sells something
// else with the item.
func biccamera() Shop {
	return Shop{
		name: "biccamera",
		item: regexp.MustCompile(`^/bc/item/(\d+)(?:/|$)`), path: "/bc/item/%s/",
		box: box{
			stock: `.bcs_subText, #RIGHT-SIDE p`,
			price: `strong[itemprop="price"], td.bcs_price strong`,
			title: `h1[itemprop="name"]`,
		},
	}
}
