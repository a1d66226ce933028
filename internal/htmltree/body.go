package htmltree

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

func inBodyIM(p *parser) bool {
	switch p.tok.kind {
	case textToken:
		p.textInBody()
	case startTag:
		return p.startInBody()
	case endTag:
		return p.endInBody()
	case commentToken:
		p.addComment()
	case endOfText:
		if len(p.templates) > 0 {
			p.im = inTemplateIM
			return false
		}
	}
	return true
}

func (p *parser) textInBody() {
	d := p.tok.data
	if n := p.open.top(); (n.DataAtom == atom.Pre || n.DataAtom == atom.Listing) && n.FirstChild == nil {
		d = withoutFirstLine(d)
	}
	if d == "" {
		return
	}
	p.reconstruct()
	p.addText(d)
	if p.framesetOK && strings.TrimLeft(d, whitespace) != "" {
		p.framesetOK = false
	}
}

// startInBody deals with a start tag.
func (p *parser) startInBody() bool {
	switch p.tok.atom {
	case atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Center, atom.Details, atom.Dialog, atom.Dir, atom.Div, atom.Dl, atom.Fieldset, atom.Figcaption, atom.Figure, atom.Footer, atom.Header, atom.Hgroup, atom.Main, atom.Menu, atom.Nav, atom.Ol, atom.P, atom.Search, atom.Section, atom.Summary, atom.Ul:
		p.popUntil(buttonScope, atom.P)
		p.addElement()
	case atom.A:
		p.startLink()
	case atom.B, atom.Big, atom.Code, atom.Em, atom.Font, atom.I, atom.S, atom.Small, atom.Strike, atom.Strong, atom.Tt, atom.U:
		p.reconstruct()
		p.addFormatting()
	case atom.Li:
		p.startItem(atom.Li, atom.Li)
	case atom.Dd, atom.Dt:
		p.startItem(atom.Dd, atom.Dt)
	case atom.Area, atom.Br, atom.Embed, atom.Img, atom.Keygen, atom.Wbr:
		p.reconstruct()
		p.addVoid()
		p.framesetOK = false
	case atom.Base, atom.Basefont, atom.Bgsound, atom.Link, atom.Meta, atom.Noframes, atom.Script, atom.Style, atom.Template, atom.Title:
		return inHeadIM(p)
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		p.popUntil(buttonScope, atom.P)
		switch p.top().DataAtom {
		case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
			p.open.pop()
		}
		p.addElement()
	case atom.Html:
		if !p.open.contains(atom.Template) {
			p.copyAttributes(p.open[0])
		}
	case atom.Body:
		if len(p.open) >= 2 && p.open[1].DataAtom == atom.Body && !p.open.contains(atom.Template) {
			p.framesetOK = false
			p.copyAttributes(p.open[1])
		}
	case atom.Param, atom.Source, atom.Track:
		p.addVoid()
	case atom.Image:
		p.tok.atom, p.tok.data = atom.Img, "img"
		return false
	case atom.Math, atom.Svg:
		p.startForeign()
	case atom.Caption, atom.Col, atom.Colgroup, atom.Head, atom.Tbody, atom.Td, atom.Tfoot, atom.Th, atom.Thead, atom.Tr:
	default:
		p.startRare()
	}
	return true
}

// startRare deals with the start tags that have rules of their own, and with all that
// have none.
func (p *parser) startRare() {
	switch p.tok.atom {
	case atom.Pre, atom.Listing:
		p.popUntil(buttonScope, atom.P)
		p.addElement()
		p.framesetOK = false
	case atom.Form:
		p.startForm()
	case atom.Button, atom.Input, atom.Select, atom.Option, atom.Optgroup:
		p.startControl()
	case atom.Nobr:
		p.reconstruct()
		if p.inScope(defaultScope, atom.Nobr) {
			p.endFormatting(atom.Nobr, "nobr")
			p.reconstruct()
		}
		p.addFormatting()
	case atom.Applet, atom.Marquee, atom.Object:
		p.reconstruct()
		p.addElement()
		p.addMarker()
		p.framesetOK = false
	case atom.Table:
		if !p.quirks {
			p.popUntil(buttonScope, atom.P)
		}
		p.addElement()
		p.framesetOK = false
		p.im = inTableIM
	case atom.Hr:
		p.startRule()
	case atom.Textarea:
		p.addRawText()
		p.framesetOK = false
	case atom.Xmp:
		p.popUntil(buttonScope, atom.P)
		p.reconstruct()
		p.framesetOK = false
		p.addRawText()
	case atom.Iframe:
		p.framesetOK = false
		p.addRawText()
	case atom.Noembed, atom.Noscript:
		p.addRawText()
	case atom.Rb, atom.Rtc:
		if p.inScope(defaultScope, atom.Ruby) {
			p.closeImplied("")
		}
		p.addElement()
	case atom.Rp, atom.Rt:
		if p.inScope(defaultScope, atom.Ruby) {
			p.closeImplied("rtc")
		}
		p.addElement()
	default:
		p.reconstruct()
		p.addElement()
	}
}

// startLink deals with <a>, which ends the link before it.
func (p *parser) startLink() {
	for i := len(p.active) - 1; i >= 0 && p.active[i].Type != marker; i-- {
		if n := p.active[i]; n.DataAtom == atom.A {
			p.endFormatting(atom.A, "a")
			p.open.remove(n)
			p.active.remove(n)
			break
		}
	}
	p.reconstruct()
	p.addFormatting()
}

// startItem deals with the start tag of an item of a list, which ends the one before it,
// of either name.
func (p *parser) startItem(name, other atom.Atom) {
	p.framesetOK = false
	for i := len(p.open) - 1; i >= 0; i-- {
		n := p.open[i]
		if n.DataAtom == name || n.DataAtom == other {
			p.open = p.open[:i]
		} else if n.DataAtom == atom.Address || n.DataAtom == atom.Div || n.DataAtom == atom.P || !special(n) {
			continue
		}
		break
	}
	p.popUntil(buttonScope, atom.P)
	p.addElement()
}

func (p *parser) startForm() {
	template := p.open.contains(atom.Template)
	if p.form != nil && !template {
		return
	}
	p.popUntil(buttonScope, atom.P)
	n := p.addElement()
	if !template {
		p.form = n
	}
}

// startControl deals with the start tags of buttons and fields.
func (p *parser) startControl() {
	switch p.tok.atom {
	case atom.Button:
		if p.inScope(defaultScope, atom.Button) {
			p.closeImplied("")
			p.popUntil(defaultScope, atom.Button)
		}
		p.reconstruct()
		p.addElement()
		p.framesetOK = false
	case atom.Input:
		p.popUntil(defaultScope, atom.Select)
		p.reconstruct()
		p.addVoid()
		p.framesetOK = p.framesetOK && p.hiddenInput()
	case atom.Select:
		if p.popUntil(defaultScope, atom.Select) {
			return
		}
		p.reconstruct()
		p.addElement()
		p.framesetOK = false
	default: // option, optgroup
		except := ""
		if p.tok.atom == atom.Option {
			except = "optgroup"
		}
		if p.inScope(defaultScope, atom.Select) {
			p.closeImplied(except)
		} else if p.top().DataAtom == atom.Option {
			p.open.pop()
		}
		p.reconstruct()
		p.addElement()
	}
}

func (p *parser) startRule() {
	if p.inScope(buttonScope, atom.P) {
		p.closeImplied("p")
		p.popUntil(defaultScope, atom.P)
	}
	if p.inScope(defaultScope, atom.Select) {
		p.closeImplied("")
	}
	p.addVoid()
	p.framesetOK = false
}

// endInBody deals with an end tag.
func (p *parser) endInBody() bool {
	switch p.tok.atom {
	case atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Button, atom.Center, atom.Details, atom.Dialog, atom.Dir, atom.Div, atom.Dl, atom.Fieldset, atom.Figcaption, atom.Figure, atom.Footer, atom.Header, atom.Hgroup, atom.Listing, atom.Main, atom.Menu, atom.Nav, atom.Ol, atom.Pre, atom.Search, atom.Section, atom.Select, atom.Summary, atom.Ul:
		if p.inScope(defaultScope, p.tok.atom) {
			p.closeImplied("")
			p.popUntil(defaultScope, p.tok.atom)
		}
	case atom.A, atom.B, atom.Big, atom.Code, atom.Em, atom.Font, atom.I, atom.Nobr, atom.S, atom.Small, atom.Strike, atom.Strong, atom.Tt, atom.U:
		p.endFormatting(p.tok.atom, p.tok.data)
	case atom.P:
		if !p.inScope(buttonScope, atom.P) {
			p.implied(startTag, atom.P)
		}
		p.popUntil(buttonScope, atom.P)
	case atom.Li:
		p.popUntil(listScope, atom.Li)
	case atom.Dd, atom.Dt:
		p.popUntil(defaultScope, p.tok.atom)
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		p.popUntil(defaultScope, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6)
	case atom.Form:
		p.endForm()
	case atom.Body:
		if p.inScope(defaultScope, atom.Body) {
			p.im = afterBodyIM
		}
	case atom.Html:
		if p.inScope(defaultScope, atom.Body) {
			p.implied(endTag, atom.Body)
			return false
		}
	case atom.Applet, atom.Marquee, atom.Object:
		if p.popUntil(defaultScope, p.tok.atom) {
			p.clearActive()
		}
	case atom.Br:
		p.tok.kind = startTag
		return false
	case atom.Template:
		return inHeadIM(p)
	default:
		p.endOther(p.tok.atom, p.tok.data)
	}
	return true
}

func (p *parser) endForm() {
	template, n := p.open.contains(atom.Template), p.form
	if !template {
		p.form = nil
	}
	i := p.find(defaultScope, atom.Form)
	switch {
	case template && i >= 0:
		p.closeImplied("")
		if p.open[i].DataAtom == atom.Form {
			p.popUntil(defaultScope, atom.Form)
		}
	case !template && n != nil && i >= 0 && p.open[i] == n:
		p.closeImplied("")
		p.open.remove(n)
	}
}

// endOther closes the element that an end tag without rules of its own names.
func (p *parser) endOther(a atom.Atom, name string) {
	for i := len(p.open) - 1; i >= 0; i-- {
		n := p.open[i]
		if n.Namespace == "" && n.DataAtom == a && (a != 0 || n.Data == name) {
			p.open = p.open[:i]
			return
		}
		if special(n) {
			return
		}
	}
}

// reparent moves all that src holds to dst.
func reparent(dst, src *html.Node) {
	for c := src.FirstChild; c != nil; c = src.FirstChild {
		src.RemoveChild(c)
		adopt(dst, c)
	}
}
