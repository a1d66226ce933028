package htmltree

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// blank takes the white space from the beginning of a text token, and reports whether
// nothing is left.
func (p *parser) blank() bool {
	p.tok.data = strings.TrimLeft(p.tok.data, whitespace)
	return p.tok.data == ""
}

// keepBlank adds the white space at the beginning of a text token to the tree, and
// reports whether nothing is left.
func (p *parser) keepBlank() bool {
	s := strings.TrimLeft(p.tok.data, whitespace)
	if len(s) < len(p.tok.data) {
		p.addText(p.tok.data[:len(p.tok.data)-len(s)])
		p.tok.data = s
	}
	return s == ""
}

func (p *parser) addToDocument() { adopt(p.doc, p.newNode(html.CommentNode, p.tok.data)) }

func initialIM(p *parser) bool {
	switch p.tok.kind {
	case textToken:
		if p.blank() {
			return true
		}
	case commentToken:
		p.addToDocument()
		return true
	case doctypeToken:
		p.doctype()
		p.im = beforeHTMLIM
		return true
	}
	p.quirks = true
	p.im = beforeHTMLIM
	return false
}

// doctype adds the document type. What any but the usual one means is left to
// golang.org/x/net/html: in quirks mode a table does not end a paragraph.
func (p *parser) doctype() {
	if p.tok.data == "html" {
		adopt(p.doc, p.newNode(html.DoctypeNode, "html"))
		return
	}
	sample, err := html.Parse(strings.NewReader("<!DOCTYPE " + p.tok.data + "><p><table>"))
	if err != nil || sample.FirstChild == nil || sample.FirstChild.Type != html.DoctypeNode {
		p.declined = true
		return
	}
	for n := range sample.Descendants() {
		p.quirks = p.quirks || n.DataAtom == atom.Table && n.Parent.DataAtom == atom.P
	}
	adopt(p.doc, p.arena.copied(sample.FirstChild))
}

func beforeHTMLIM(p *parser) bool {
	switch p.tok.kind {
	case doctypeToken:
		return true
	case textToken:
		if p.blank() {
			return true
		}
	case startTag:
		if p.tok.atom == atom.Html {
			p.addElement()
			p.im = beforeHeadIM
			return true
		}
	case endTag:
		switch p.tok.atom {
		case atom.Head, atom.Body, atom.Html, atom.Br:
		default:
			return true
		}
	case commentToken:
		p.addToDocument()
		return true
	}
	p.implied(startTag, atom.Html)
	return false
}

func beforeHeadIM(p *parser) bool {
	switch p.tok.kind {
	case textToken:
		if p.blank() {
			return true
		}
	case startTag:
		switch p.tok.atom {
		case atom.Head:
			p.head = p.addElement()
			p.im = inHeadIM
			return true
		case atom.Html:
			return inBodyIM(p)
		}
	case endTag:
		switch p.tok.atom {
		case atom.Head, atom.Body, atom.Html, atom.Br:
		default:
			return true
		}
	case commentToken:
		p.addComment()
		return true
	case doctypeToken:
		return true
	}
	p.implied(startTag, atom.Head)
	return false
}

func inHeadIM(p *parser) bool {
	switch p.tok.kind {
	case textToken:
		if p.keepBlank() {
			return true
		}
	case startTag:
		switch p.tok.atom {
		case atom.Html:
			return inBodyIM(p)
		case atom.Base, atom.Basefont, atom.Bgsound, atom.Link, atom.Meta:
			p.addVoid()
			return true
		case atom.Script, atom.Title, atom.Noscript, atom.Noframes, atom.Style:
			p.addRawText()
			return true
		case atom.Head:
			return true
		case atom.Template:
			return p.startTemplate()
		}
	case endTag:
		switch p.tok.atom {
		case atom.Head:
			p.open.pop()
			p.im = afterHeadIM
			return true
		case atom.Body, atom.Html, atom.Br:
		case atom.Template:
			return p.endTemplate()
		default:
			return true
		}
	case commentToken:
		p.addComment()
		return true
	case doctypeToken:
		return true
	}
	p.implied(endTag, atom.Head)
	return false
}

// addRawText adds an element whose text follows.
func (p *parser) addRawText() {
	p.addElement()
	p.originalIM, p.im = p.im, textIM
}

func afterHeadIM(p *parser) bool {
	switch p.tok.kind {
	case textToken:
		if p.keepBlank() {
			return true
		}
	case startTag:
		switch p.tok.atom {
		case atom.Html:
			return inBodyIM(p)
		case atom.Body:
			p.addElement()
			p.framesetOK = false
			p.im = inBodyIM
			return true
		case atom.Base, atom.Basefont, atom.Bgsound, atom.Link, atom.Meta, atom.Noframes, atom.Script, atom.Style, atom.Template, atom.Title:
			p.push(p.head)
			done := inHeadIM(p)
			p.open.remove(p.head)
			return done
		case atom.Head:
			return true
		}
	case endTag:
		switch p.tok.atom {
		case atom.Body, atom.Html, atom.Br:
		case atom.Template:
			return inHeadIM(p)
		default:
			return true
		}
	case commentToken:
		p.addComment()
		return true
	case doctypeToken:
		return true
	}
	p.implied(startTag, atom.Body)
	p.framesetOK = true
	return p.tok.kind == endOfText
}

// textIM is where the text of a script, a style, a title or a field comes.
func textIM(p *parser) bool {
	switch p.tok.kind {
	case endOfText, endTag:
		p.open.pop()
	case textToken:
		d := p.tok.data
		if n := p.open.top(); n.DataAtom == atom.Textarea && n.FirstChild == nil {
			d = withoutFirstLine(d)
		}
		p.addText(d)
		return true
	}
	p.im, p.originalIM = p.originalIM, nil
	return p.tok.kind == endTag
}

// withoutFirstLine leaves out the end of a line with which a text begins, as is done in
// fields and preformatted texts.
func withoutFirstLine(s string) string {
	return strings.TrimPrefix(strings.TrimPrefix(s, "\r"), "\n")
}

func afterBodyIM(p *parser) bool {
	switch p.tok.kind {
	case endOfText:
		return true
	case textToken:
		if strings.TrimLeft(p.tok.data, whitespace) == "" {
			return inBodyIM(p)
		}
	case startTag:
		if p.tok.atom == atom.Html {
			return inBodyIM(p)
		}
	case endTag:
		if p.tok.atom == atom.Html {
			p.im = afterAfterBodyIM
			return true
		}
	case commentToken:
		adopt(p.open[0], p.newNode(html.CommentNode, p.tok.data))
		return true
	}
	p.im = inBodyIM
	return false
}

func afterAfterBodyIM(p *parser) bool {
	switch p.tok.kind {
	case endOfText:
		return true
	case textToken:
		if strings.TrimLeft(p.tok.data, whitespace) == "" {
			return inBodyIM(p)
		}
	case startTag:
		if p.tok.atom == atom.Html {
			return inBodyIM(p)
		}
	case commentToken:
		p.addToDocument()
		return true
	case doctypeToken:
		return inBodyIM(p)
	}
	p.im = inBodyIM
	return false
}
