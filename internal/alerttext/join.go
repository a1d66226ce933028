package alerttext

import "github.com/sainyuka/sainyuka/internal/channel"

// Join adds other alerts to a message, each by its title and link, in their order
// and as many as fit. It returns how many it took; 0: m is as it was.
func Join(m channel.Message, others []channel.Message, language string, fits func(body string) bool) (channel.Message, int) {
	w := wordsOf(language)
	body, priority, n := m.Body+"\n\n"+w.joined, m.Priority, 0
	for _, o := range others {
		longer := body + "\n" + w.bullet + o.Title
		if o.URL != "" {
			longer += "\n" + o.URL
		}
		if !fits(longer) {
			break
		}
		body, priority, n = longer, max(priority, o.Priority), n+1
	}
	if n == 0 {
		return m, 0
	}
	m.Title, m.Body, m.Priority = m.Title+w.plusOthers(n), body, priority
	return m, n
}
