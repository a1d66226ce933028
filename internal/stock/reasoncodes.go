package stock

// ReasonCode names a reason.
type ReasonCode string

// Reasons: why a page was looked at.
const (
	ReasonFirstLook          ReasonCode = "first_look"
	ReasonItsTurn            ReasonCode = "its_turn"
	ReasonNotSeenFor         ReasonCode = "not_seen_for"
	ReasonStillInStock       ReasonCode = "still_in_stock"
	ReasonSoldOutAgo         ReasonCode = "sold_out_ago"
	ReasonOtherShopRestocked ReasonCode = "other_shop_restocked"
	ReasonSaleEnded          ReasonCode = "sale_ended"
	ReasonHint               ReasonCode = "hint"
	ReasonRestocksNear       ReasonCode = "restocks_near"
	ReasonRestocksOften      ReasonCode = "restocks_often"
)

// Reasons: what was sent in the place of a product, or does not say enough.
const (
	ReasonSearchPage                ReasonCode = "search_page"
	ReasonShell                     ReasonCode = "shell"
	ReasonInternalError             ReasonCode = "internal_error"
	ReasonNoOutcome                 ReasonCode = "no_outcome"
	ReasonNoReading                 ReasonCode = "no_reading"
	ReasonTerms                     ReasonCode = "terms"
	ReasonEmptyAnswer               ReasonCode = "empty_answer"
	ReasonItemGone                  ReasonCode = "item_gone"
	ReasonCaptcha                   ReasonCode = "captcha"
	ReasonGuard                     ReasonCode = "guard"
	ReasonGuardAkamai               ReasonCode = "guard_akamai"
	ReasonGuardCloudflare           ReasonCode = "guard_cloudflare"
	ReasonChallenge                 ReasonCode = "challenge"
	ReasonQueue                     ReasonCode = "queue"
	ReasonMaintenance               ReasonCode = "maintenance"
	ReasonLogin                     ReasonCode = "login"
	ReasonNoAvailability            ReasonCode = "no_availability"
	ReasonNothingSaid               ReasonCode = "nothing_said"
	ReasonPriceOnly                 ReasonCode = "price_only"
	ReasonManyProducts              ReasonCode = "many_products"
	ReasonMethodsContradict         ReasonCode = "methods_contradict"
	ReasonButtonAgainstText         ReasonCode = "button_against_text"
	ReasonButtonDisabledAgainstText ReasonCode = "button_disabled_against_text"
	ReasonTextAgainstButton         ReasonCode = "text_against_button"
)

// Reasons: it is not the page that was asked for.
const (
	ReasonRedirectedToHost ReasonCode = "redirected_to_host"
	ReasonOtherPage        ReasonCode = "other_page"
	ReasonNotPageOfItem    ReasonCode = "not_page_of_item"
	ReasonCallsItselfOther ReasonCode = "calls_itself_other"
	ReasonCallsItselfItem  ReasonCode = "calls_itself_item"
	ReasonOtherJAN         ReasonCode = "other_jan"
	ReasonOtherTitle       ReasonCode = "other_title"
	ReasonOtherJANThanURL  ReasonCode = "other_jan_than_url"
	ReasonOtherItem        ReasonCode = "other_item"
	ReasonOtherAuction     ReasonCode = "other_auction"
	ReasonOfferOf          ReasonCode = "offer_of"
)

// Reasons: what the pages of one shop do not say.
const (
	ReasonAmazonNoPage             ReasonCode = "amazon_no_page"
	ReasonAmazonNoBox              ReasonCode = "amazon_no_box"
	ReasonAmazonNotDelivered       ReasonCode = "amazon_not_delivered"
	ReasonAmazonAbroad             ReasonCode = "amazon_abroad"
	ReasonStockTextUnknown         ReasonCode = "stock_text_unknown"
	ReasonStockTextSaysNothing     ReasonCode = "stock_text_says_nothing"
	ReasonMercariBrowser           ReasonCode = "mercari_browser"
	ReasonNoItem                   ReasonCode = "no_item"
	ReasonNoSearchResult           ReasonCode = "no_search_result"
	ReasonButtonDisabled           ReasonCode = "button_disabled"
	ReasonButtonUnknown            ReasonCode = "button_unknown"
	ReasonFormContradicts          ReasonCode = "form_contradicts"
	ReasonNoButton                 ReasonCode = "no_button"
	ReasonFleamarketNoItem         ReasonCode = "fleamarket_no_item"
	ReasonFleamarketNoData         ReasonCode = "fleamarket_no_data"
	ReasonNoItemStatus             ReasonCode = "no_item_status"
	ReasonItemStatus               ReasonCode = "item_status"
	ReasonFleamarketNoSearch       ReasonCode = "fleamarket_no_search"
	ReasonNoAuction                ReasonCode = "no_auction"
	ReasonNoAuctionList            ReasonCode = "no_auction_list"
	ReasonAuctionStatusMissing     ReasonCode = "auction_status_missing"
	ReasonAuctionStatus            ReasonCode = "auction_status"
	ReasonDataContradicts          ReasonCode = "data_contradicts"
	ReasonDataSilent               ReasonCode = "data_silent"
	ReasonPurchaseCondition        ReasonCode = "purchase_condition"
	ReasonNoPurchaseCondition      ReasonCode = "no_purchase_condition"
	ReasonNoPurchaseBox            ReasonCode = "no_purchase_box"
	ReasonPurchaseBoxContradicts   ReasonCode = "purchase_box_contradicts"
	ReasonPurchaseBoxAgainstButton ReasonCode = "purchase_box_against_button"
	ReasonDrawsMixed               ReasonCode = "draws_mixed"
	ReasonDrawsMixedWatchOne       ReasonCode = "draws_mixed_watch_one"
	ReasonDrawNotSaid              ReasonCode = "draw_not_said"
	ReasonLinesContradict          ReasonCode = "lines_contradict"
)

// Reasons: what the official APIs answer.
const (
	ReasonAPIRejects         ReasonCode = "api_rejects"
	ReasonAPIKeyRefused      ReasonCode = "api_key_refused"
	ReasonAPINoData          ReasonCode = "api_no_data"
	ReasonAPITooOften        ReasonCode = "api_too_often"
	ReasonAPITrouble         ReasonCode = "api_trouble"
	ReasonAPIAnswers         ReasonCode = "api_answers"
	ReasonAPINoAvailability  ReasonCode = "api_no_availability"
	ReasonAPIBrokenRows      ReasonCode = "api_broken_rows"
	ReasonAPIIncomplete      ReasonCode = "api_incomplete"
	ReasonAPINarrow          ReasonCode = "api_narrow"
	ReasonAPIOtherCodes      ReasonCode = "api_other_codes"
	ReasonAPIItemNotShown    ReasonCode = "api_item_not_shown"
	ReasonRakutenNotAnswer   ReasonCode = "rakuten_not_answer"
	ReasonYahooNotAnswer     ReasonCode = "yahoo_not_answer"
	ReasonRakutenCheckKey    ReasonCode = "rakuten_check_key"
	ReasonRakutenApplication ReasonCode = "rakuten_application"
	ReasonYahooCheckKey      ReasonCode = "yahoo_check_key"
	ReasonRakutenNeedsKey    ReasonCode = "rakuten_needs_key"
	ReasonYahooNeedsKey      ReasonCode = "yahoo_needs_key"
	ReasonNoAPISource        ReasonCode = "no_api_source"
	ReasonBadQuery           ReasonCode = "bad_query"
)

// Reasons: why there is no answer.
const (
	ReasonRobotsForbids           ReasonCode = "robots_forbids"
	ReasonRobots                  ReasonCode = "robots"
	ReasonTooManyRedirects        ReasonCode = "too_many_redirects"
	ReasonRedirectWithoutLocation ReasonCode = "redirect_without_location"
	ReasonRedirectBadURL          ReasonCode = "redirect_bad_url"
	ReasonRedirectToPlain         ReasonCode = "redirect_to_plain"
	ReasonNotModifiedUnasked      ReasonCode = "not_modified_unasked"
	ReasonContentEncoding         ReasonCode = "content_encoding"
	ReasonBrokenBody              ReasonCode = "broken_body"
	ReasonTooLarge                ReasonCode = "too_large"
	ReasonPageTooLarge            ReasonCode = "page_too_large"
	ReasonTimeout                 ReasonCode = "timeout"
	ReasonLookOver                ReasonCode = "look_over"
	ReasonTimeoutConnecting       ReasonCode = "timeout_connecting"
	ReasonCancelled               ReasonCode = "cancelled"
	ReasonNoSuchHost              ReasonCode = "no_such_host"
	ReasonDNS                     ReasonCode = "dns"
	ReasonTLS                     ReasonCode = "tls"
	ReasonRefused                 ReasonCode = "refused"
	ReasonReset                   ReasonCode = "reset"
	ReasonHostUnreachable         ReasonCode = "host_unreachable"
	ReasonNetworkUnreachable      ReasonCode = "network_unreachable"
	ReasonCutOff                  ReasonCode = "cut_off"
	ReasonClosed                  ReasonCode = "closed"
	ReasonProxyRefuses            ReasonCode = "proxy_refuses"
	ReasonAddressRefused          ReasonCode = "address_refused"
	ReasonAllowPrivate            ReasonCode = "allow_private"
)

// Reasons: what keeps a page from being drawn.
const (
	ReasonHMVFirstPage    ReasonCode = "hmv_first_page"
	ReasonNeedsBrowser    ReasonCode = "needs_browser"
	ReasonMayBeDrawn      ReasonCode = "may_be_drawn"
	ReasonBrowser         ReasonCode = "browser"
	ReasonBrowserNoAnswer ReasonCode = "browser_no_answer"
	ReasonNotDrawn        ReasonCode = "not_drawn"
	ReasonNotDrawnNothing ReasonCode = "not_drawn_nothing"
	ReasonPageKeepsBusy   ReasonCode = "page_keeps_busy"
	ReasonPageNoAnswer    ReasonCode = "page_no_answer"
	ReasonPageCrashed     ReasonCode = "page_crashed"
	ReasonBadSelector     ReasonCode = "bad_selector"
	ReasonPageClosed      ReasonCode = "page_closed"
	ReasonPageNotAsked    ReasonCode = "page_not_asked"
	ReasonBrowserLost     ReasonCode = "browser_lost"
	ReasonNotABrowser     ReasonCode = "not_a_browser"
	ReasonNotInDrawHosts  ReasonCode = "not_in_draw_hosts"
	ReasonDrawRobots      ReasonCode = "draw_robots"
	ReasonDrawPrivate     ReasonCode = "draw_private"
	ReasonNoWebsocket     ReasonCode = "no_websocket"
	ReasonURLNotAsked     ReasonCode = "url_not_asked"
)

// Reasons: what is wrong with an address.
const (
	ReasonURLTooLong   ReasonCode = "url_too_long"
	ReasonURLBackslash ReasonCode = "url_backslash"
	ReasonURLBroken    ReasonCode = "url_broken"
	ReasonURLUser      ReasonCode = "url_user"
	ReasonURLNoHost    ReasonCode = "url_no_host"
	ReasonURLScheme    ReasonCode = "url_scheme"
	ReasonURLPort      ReasonCode = "url_port"
	ReasonURLHost      ReasonCode = "url_host"
	ReasonURLZone      ReasonCode = "url_zone"
	ReasonURLDisguised ReasonCode = "url_disguised"
)

// Reasons: made of others.
const (
	ReasonAgainst ReasonCode = "against"
)

// Reasons: that were given later, and in others' words.
const (
	ReasonRakutenNoData    ReasonCode = "rakuten_no_data"
	ReasonRakutenNoItem    ReasonCode = "rakuten_no_item"
	ReasonURLUnusable      ReasonCode = "url_unusable"
	ReasonURLUnparsed      ReasonCode = "url_unparsed"
	ReasonOnlyNotifies     ReasonCode = "only_notifies"
	ReasonMetaContradicts  ReasonCode = "meta_contradicts"
	ReasonOfferContradicts ReasonCode = "offer_contradicts"
	ReasonOfferNoneLeft    ReasonCode = "offer_none_left"
	ReasonNotRead          ReasonCode = "not_read"
	ReasonNoVariant        ReasonCode = "no_variant"
	ReasonVariantUnknown   ReasonCode = "variant_unknown"
	ReasonRuleUnmatched    ReasonCode = "rule_unmatched"
	ReasonRuleUnknownWords ReasonCode = "rule_unknown_words"
	ReasonRulesContradict  ReasonCode = "rules_contradict"
	ReasonRulesUnmatched   ReasonCode = "rules_unmatched"
	ReasonMercariNoCells   ReasonCode = "mercari_no_cells"
	ReasonNoRows           ReasonCode = "no_rows"
	ReasonNoAvailabilityAs ReasonCode = "no_availability_as"
	ReasonNotThere         ReasonCode = "not_there"
	ReasonButtonIdle       ReasonCode = "button_idle"
	ReasonAPISays          ReasonCode = "api_says"
	ReasonHTTPStatus       ReasonCode = "http_status"
	ReasonOther            ReasonCode = "other"
)
