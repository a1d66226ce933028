package email

import (
	"net/mail"
	"strings"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// maxSubject is far more than any client shows of a subject.
const maxSubject = 300

// compose writes m as a mail. The Message-ID is that of the letter, so that a
// server that got it twice can tell.
func (c *sender) compose(m channel.Message) (*gomail.Msg, error) {
	from, err := mail.ParseAddress(c.config.From)
	if err != nil {
		return nil, refuse(channel.BadCredential, "the sender's address is not valid")
	}
	to, err := mail.ParseAddress(c.config.To)
	if err != nil {
		return nil, refuse(channel.BadRecipient, "the recipient's address is not valid")
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	m.Title = channel.CutBytes(oneLine(m.Title), maxSubject)
	msg := gomail.NewMsg(gomail.WithEncoding(gomail.EncodingB64), gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(from)
	msg.ToMailAddress(to)
	msg.SetDate()
	msg.SetMessageIDWithValue(messageID(m.Letter) + "@" + domain)
	msg.Subject(m.Title)
	// Nobody's absence note is wanted, and a filter needs something to go by.
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	msg.SetGenHeader("List-Id", "<sainyuka."+domain+">")
	msg.SetGenHeader("X-Sainyuka-Product", token(m.Letter.Alert.Product.ID))
	msg.SetGenHeader("X-Sainyuka-Kind", token(string(m.Letter.Alert.Kind)))
	if m.Priority == 5 && !m.Silent {
		msg.SetImportance(gomail.ImportanceHigh)
	}
	msg.SetBodyString(gomail.TypeTextPlain, plainText(m))
	if !m.Plain {
		if err := msg.AddAlternativeHTMLTemplate(c.html, page(m)); err != nil {
			return nil, &channel.SendError{Class: channel.BadMessage, Err: err}
		}
	}
	return msg, nil
}

// messageID names a letter. The epoch is in it because events of a new stream are
// counted from one again, and some servers drop a mail whose id they know.
func messageID(l stock.Letter) string { return token(l.ID() + "." + l.Epoch) }

// token leaves of s what needs no quotes in any header.
func token(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.", r)) {
			return r
		}
		return -1
	}, s)
}

// oneLine takes from a subject what could end it, or turn its direction.
func oneLine(s string) string {
	const joiner = '\u200d' // holds emoji together
	return strings.Map(func(r rune) rune {
		switch {
		case r == joiner:
			return r
		case unicode.IsSpace(r):
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

func plainText(m channel.Message) string {
	parts := []string{m.Title, "", m.Body}
	if m.URL != "" {
		parts = append(parts, "", m.URL)
	}
	for _, a := range m.Actions {
		parts = append(parts, "", a.Label+":", a.URL)
	}
	return strings.Join(parts, "\r\n") + "\r\n"
}

// htmlPage is what the HTML part shows.
type htmlPage struct {
	Title string
	Lines []string
	URL   string
	Open  string
	Image string
	// Actions are links: what they lead to asks before it does anything, which a
	// mail needs all the more as some programs follow every link in it.
	Actions []channel.Action
}

func page(m channel.Message) htmlPage {
	p := htmlPage{Title: m.Title, Lines: strings.Split(m.Body, "\n"), URL: m.URL, Open: m.Open, Actions: m.Actions}
	if strings.HasPrefix(m.Image, "https://") {
		p.Image = m.Image
	}
	return p
}

// htmlText is simple on purpose: mail clients know little of CSS, and what they
// know differs.
const htmlText = `<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{{.Title}}</title></head>
<body style="font-family:sans-serif;line-height:1.6;max-width:40em">
<h1 style="font-size:1.2em">{{.Title}}</h1>
{{with .Image}}<p><img src="{{.}}" alt="" width="160" style="max-width:100%"></p>
{{end}}<p>{{range $i, $line := .Lines}}{{if $i}}<br>
{{end}}{{$line}}{{end}}</p>
{{with .URL}}<p><a href="{{.}}" style="display:inline-block;padding:.6em 1.2em;background:#1f6f5c;color:#fff;border-radius:.4em;text-decoration:none">{{$.Open}}</a></p>
<p style="font-size:.85em"><a href="{{.}}">{{.}}</a></p>
{{end}}{{with .Actions}}<p style="font-size:.85em">{{range .}}<a href="{{.URL}}">{{.Label}}</a> &nbsp; {{end}}</p>
{{end}}</body></html>
`
