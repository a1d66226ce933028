package cli

// question is a key of a channel that init asks for.
type question struct {
	key   string
	usual func() string // taken when nothing is answered; "" for a key that may be left out
}

func nothing() string               { return "" }
func always(v string) func() string { return func() string { return v } }

// channelQuestions are the types of channels that init knows, and what it asks for
// each. The texts of the questions are in initWords, as TYPE.KEY.
var channelQuestions = map[string][]question{
	"log":      nil,
	"webpush":  {{"contact", always("nobody@example.com")}},
	"ntfy":     {{"url", newTopic}},
	"line":     {{"token", nothing}, {"to", nothing}},
	"telegram": {{"token", nothing}, {"chat_id", nothing}},
	"pushover": {{"token", nothing}, {"user", nothing}},
	"gotify":   {{"url", nothing}, {"token", nothing}},
	"discord":  {{"url", nothing}},
	"slack":    {{"url", nothing}},
	"apprise":  {{"url", nothing}},
	"mqtt":     {{"url", always("mqtt://127.0.0.1:1883")}, {"username", nothing}, {"password", nothing}},
	"webhook":  {{"url", nothing}},
	"email":    {{"host", nothing}, {"from", nothing}, {"to", nothing}, {"username", nothing}, {"password", nothing}},
}

// initWords are what init says, in Japanese and English.
var initWords = map[string][2]string{
	"language": {"言語 / language (ja, en)", "言語 / language (ja, en)"},
	"channel":  {"通知先 (ntfy, line, webpush, telegram, pushover, discord, slack, gotify, email, webhook, apprise, mqtt, log)", "Where to ring (ntfy, line, webpush, telegram, pushover, discord, slack, gotify, email, webhook, apprise, mqtt, log)"},
	"url":      {"最初に見守る商品ページの URL（あとでもよい）", "URL of a first product page (may be left for later)"},

	"webpush.contact":  {"連絡先のメールアドレス（プッシュサービスに渡されます）", "Mail address that push services may write to"},
	"ntfy.url":         {"ntfy のトピック", "Topic of ntfy"},
	"line.token":       {"チャネルアクセストークン（長期）", "Channel access token (long-lived)"},
	"line.to":          {"あなたのユーザー ID（U で始まる 33 文字）", "Your user ID (U and 32 characters)"},
	"telegram.token":   {"ボットのトークン（@BotFather から）", "The bot's token, from @BotFather"},
	"telegram.chat_id": {"チャットの番号", "Number of the chat"},
	"pushover.token":   {"アプリケーションの API トークン", "API token of an application"},
	"pushover.user":    {"User Key", "Your user key"},
	"gotify.url":       {"Gotify サーバーのアドレス", "Address of your Gotify server"},
	"gotify.token":     {"アプリケーションのトークン", "Token of an application"},
	"discord.url":      {"ウェブフックの URL", "URL of the webhook"},
	"slack.url":        {"Incoming Webhook の URL", "URL of the incoming webhook"},
	"apprise.url":      {"Apprise の URL（/notify/キー まで）", "URL of Apprise, up to /notify/KEY"},
	"mqtt.url":         {"ブローカーのアドレス", "Address of the broker"},
	"mqtt.username":    {"ユーザー名（なければ空）", "User name (empty for none)"},
	"mqtt.password":    {"パスワード（なければ空）", "Password (empty for none)"},
	"webhook.url":      {"受け取るプログラムの URL", "URL of your program"},
	"email.host":       {"送信サーバー（SMTP）", "Mail server (SMTP)"},
	"email.from":       {"差出人のアドレス", "Address to send from"},
	"email.to":         {"宛先のアドレス", "Address to send to"},
	"email.username":   {"ユーザー名", "User name"},
	"email.password":   {"パスワード（アプリパスワード）", "Password (an app password)"},

	"topic":     {"ntfy のアプリでこのトピックを購読してください: %s", "Subscribe to this topic in the ntfy app: %s"},
	"written":   {"%s を書きました。", "Wrote %s."},
	"sent":      {"テスト通知を送りました（%s）。届いたか確かめてください。", "A test alert was sent (%s). See that it has arrived."},
	"failed":    {"テスト通知を送れませんでした: %v\n%s の [[channel]] を直して `sainyuka test-alert -channel first` で試してください。", "The test alert did not get through: %v\nMend [[channel]] in %s and try `sainyuka test-alert -channel first`."},
	"subscribe": {"起動したら、通知を受けるブラウザーで %s を開いて「通知を受け取る」を押してください。", "After the start open %s in the browser that is to be told, and press the button there."},
	"next":      {"始めるには: sainyuka run -config %s", "To start: sainyuka run -config %s"},
}

// say returns a text in the language that was chosen.
func (s *starter) say(key string) string {
	if s.language == "ja" {
		return initWords[key][0]
	}
	return initWords[key][1]
}
