package htmltree

import "golang.org/x/net/html/atom"

// startTemplate deals with the start tag of a template. In drawings and formulas
// golang.org/x/net/html ignores all that follows it.
func (p *parser) startTemplate() bool {
	for _, n := range p.open {
		if n.Namespace != "" {
			p.declined = true
			return true
		}
	}
	p.addElement()
	p.addMarker()
	p.framesetOK = false
	p.im = inTemplateIM
	p.templates = append(p.templates, inTemplateIM)
	return true
}

func (p *parser) endTemplate() bool {
	if p.open.contains(atom.Template) {
		p.closeTemplate()
	}
	return true
}

func (p *parser) closeTemplate() {
	p.closeImplied("")
	for i := len(p.open) - 1; i >= 0; i-- {
		if n := p.open[i]; n.Namespace == "" && n.DataAtom == atom.Template {
			p.open = p.open[:i]
			break
		}
	}
	p.clearActive()
	p.templates = p.templates[:len(p.templates)-1]
	p.resetMode()
}

func inTemplateIM(p *parser) bool {
	switch p.tok.kind {
	case startTag:
		switch p.tok.atom {
		case atom.Base, atom.Basefont, atom.Bgsound, atom.Link, atom.Meta, atom.Noframes, atom.Script, atom.Style, atom.Template, atom.Title:
			return inHeadIM(p)
		case atom.Caption, atom.Colgroup, atom.Tbody, atom.Tfoot, atom.Thead:
			p.im = inTableIM
		case atom.Col:
			p.im = inColumnsIM
		case atom.Tr:
			p.im = inTableBodyIM
		case atom.Td, atom.Th:
			p.im = inRowIM
		default:
			p.im = inBodyIM
		}
		p.templates[len(p.templates)-1] = p.im
		return false
	case endTag:
		if p.tok.atom == atom.Template {
			return inHeadIM(p)
		}
		return true
	case endOfText:
		if !p.open.contains(atom.Template) {
			return true
		}
		p.closeTemplate()
		return false
	}
	return inBodyIM(p)
}

// resetMode finds the insertion mode by what is open.
func (p *parser) resetMode() {
	for i := len(p.open) - 1; i >= 0; i-- {
		n := p.open[i]
		switch n.DataAtom {
		case atom.Td, atom.Th:
			p.im = inCellIM
		case atom.Tr:
			p.im = inRowIM
		case atom.Tbody, atom.Thead, atom.Tfoot:
			p.im = inTableBodyIM
		case atom.Caption:
			p.im = inCaptionIM
		case atom.Colgroup:
			p.im = inColumnsIM
		case atom.Table:
			p.im = inTableIM
		case atom.Template:
			if n.Namespace != "" {
				continue
			}
			p.im = p.templates[len(p.templates)-1]
		case atom.Head:
			p.im = inHeadIM
		case atom.Body:
			p.im = inBodyIM
		case atom.Html:
			if p.im = afterHeadIM; p.head == nil {
				p.im = beforeHeadIM
			}
		default:
			if i == 0 {
				p.im = inBodyIM
				return
			}
			continue
		}
		return
	}
}
