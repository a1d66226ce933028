package htmltree

import (
	"strings"

	"golang.org/x/net/html/atom"
)

func inTableIM(p *parser) bool {
	switch p.tok.kind {
	case textToken:
		if inTableParts(p.open.top()) && strings.Trim(p.tok.data, whitespace) == "" {
			p.addText(p.tok.data)
			return true
		}
	case startTag:
		if dealt, done := p.startInTable(); dealt {
			return done
		}
	case endTag:
		switch p.tok.atom {
		case atom.Table:
			if p.popUntil(tableScope, atom.Table) {
				p.resetMode()
			}
			return true
		case atom.Body, atom.Caption, atom.Col, atom.Colgroup, atom.Html, atom.Tbody, atom.Td, atom.Tfoot, atom.Th, atom.Thead, atom.Tr:
			return true
		case atom.Template:
			return inHeadIM(p)
		}
	case commentToken:
		p.addComment()
		return true
	case doctypeToken:
		return true
	case endOfText:
		return inBodyIM(p)
	}
	p.foster = true
	done := inBodyIM(p)
	p.foster = false
	return done
}

// startInTable deals with the start tags that have a meaning of their own in a table.
func (p *parser) startInTable() (dealt, done bool) {
	switch p.tok.atom {
	case atom.Caption:
		p.clearTo(atom.Table)
		p.addMarker()
		p.addElement()
		p.im = inCaptionIM
		return true, true
	case atom.Colgroup:
		p.clearTo(atom.Table)
		p.addElement()
		p.im = inColumnsIM
		return true, true
	case atom.Col:
		p.implied(startTag, atom.Colgroup)
		return true, false
	case atom.Tbody, atom.Tfoot, atom.Thead:
		p.clearTo(atom.Table)
		p.addElement()
		p.im = inTableBodyIM
		return true, true
	case atom.Td, atom.Th, atom.Tr:
		p.implied(startTag, atom.Tbody)
		return true, false
	case atom.Table:
		if p.popUntil(tableScope, atom.Table) {
			p.resetMode()
			return true, false
		}
		return true, true
	case atom.Style, atom.Script, atom.Template:
		return true, inHeadIM(p)
	case atom.Input:
		if p.hiddenInput() {
			p.addElement()
			p.open.pop()
			return true, true
		}
	case atom.Form:
		if p.open.contains(atom.Template) || p.form != nil {
			return true, true
		}
		p.addElement()
		p.form = p.open.pop()
	}
	return false, false
}

// hiddenInput reports whether the tag is one of an input that nobody sees.
func (p *parser) hiddenInput() bool {
	for _, a := range p.tok.attr {
		if a.Key == "type" {
			return strings.EqualFold(a.Val, "hidden")
		}
	}
	return false
}

func inCaptionIM(p *parser) bool {
	done := true
	switch p.tok.kind {
	case startTag:
		switch p.tok.atom {
		case atom.Caption, atom.Col, atom.Colgroup, atom.Tbody, atom.Td, atom.Tfoot, atom.Thead, atom.Tr:
			done = false
		default:
			return inBodyIM(p)
		}
	case endTag:
		switch p.tok.atom {
		case atom.Caption:
		case atom.Table:
			done = false
		case atom.Body, atom.Col, atom.Colgroup, atom.Html, atom.Tbody, atom.Td, atom.Tfoot, atom.Th, atom.Thead, atom.Tr:
			return true
		default:
			return inBodyIM(p)
		}
	default:
		return inBodyIM(p)
	}
	if !p.popUntil(tableScope, atom.Caption) {
		return true
	}
	p.clearActive()
	p.im = inTableIM
	return done
}

func inColumnsIM(p *parser) bool {
	switch p.tok.kind {
	case textToken:
		if p.keepBlank() {
			return true
		}
	case commentToken:
		p.addComment()
		return true
	case doctypeToken:
		return true
	case startTag:
		switch p.tok.atom {
		case atom.Html:
			return inBodyIM(p)
		case atom.Col:
			p.addVoid()
			return true
		case atom.Template:
			return inHeadIM(p)
		}
	case endTag:
		switch p.tok.atom {
		case atom.Colgroup:
			if p.open.top().DataAtom == atom.Colgroup {
				p.open.pop()
				p.im = inTableIM
			}
			return true
		case atom.Col:
			return true
		case atom.Template:
			return inHeadIM(p)
		}
	case endOfText:
		return inBodyIM(p)
	}
	if p.open.top().DataAtom != atom.Colgroup {
		return true
	}
	p.open.pop()
	p.im = inTableIM
	return false
}

func inTableBodyIM(p *parser) bool {
	switch p.tok.kind {
	case startTag:
		switch p.tok.atom {
		case atom.Tr:
			p.clearTo(atom.Tbody, atom.Tfoot, atom.Thead)
			p.addElement()
			p.im = inRowIM
			return true
		case atom.Td, atom.Th:
			p.implied(startTag, atom.Tr)
			return false
		case atom.Caption, atom.Col, atom.Colgroup, atom.Tbody, atom.Tfoot, atom.Thead:
			return !p.leaveTableBody()
		}
	case endTag:
		switch p.tok.atom {
		case atom.Tbody, atom.Tfoot, atom.Thead:
			if p.inScope(tableScope, p.tok.atom) {
				p.clearTo(atom.Tbody, atom.Tfoot, atom.Thead)
				p.open.pop()
				p.im = inTableIM
			}
			return true
		case atom.Table:
			return !p.leaveTableBody()
		case atom.Body, atom.Caption, atom.Col, atom.Colgroup, atom.Html, atom.Td, atom.Th, atom.Tr:
			return true
		}
	case commentToken:
		p.addComment()
		return true
	}
	return inTableIM(p)
}

// leaveTableBody closes the body of a table, and reports whether there is one.
func (p *parser) leaveTableBody() bool {
	if !p.popUntil(tableScope, atom.Tbody, atom.Thead, atom.Tfoot) {
		return false
	}
	p.im = inTableIM
	return true
}

func inRowIM(p *parser) bool {
	switch p.tok.kind {
	case startTag:
		switch p.tok.atom {
		case atom.Td, atom.Th:
			p.clearTo(atom.Tr)
			p.addElement()
			p.addMarker()
			p.im = inCellIM
			return true
		case atom.Caption, atom.Col, atom.Colgroup, atom.Tbody, atom.Tfoot, atom.Thead, atom.Tr:
			return !p.leaveRow()
		}
	case endTag:
		switch p.tok.atom {
		case atom.Tr:
			p.leaveRow()
			return true
		case atom.Table:
			return !p.leaveRow()
		case atom.Tbody, atom.Tfoot, atom.Thead:
			return !(p.inScope(tableScope, p.tok.atom) && p.leaveRow())
		case atom.Body, atom.Caption, atom.Col, atom.Colgroup, atom.Html, atom.Td, atom.Th:
			return true
		}
	}
	return inTableIM(p)
}

// leaveRow closes the row of a table, and reports whether there is one.
func (p *parser) leaveRow() bool {
	if !p.inScope(tableScope, atom.Tr) {
		return false
	}
	p.clearTo(atom.Tr)
	p.open.pop()
	p.im = inTableBodyIM
	return true
}

func inCellIM(p *parser) bool {
	switch p.tok.kind {
	case startTag:
		switch p.tok.atom {
		case atom.Caption, atom.Col, atom.Colgroup, atom.Tbody, atom.Td, atom.Tfoot, atom.Th, atom.Thead, atom.Tr:
			if !p.popUntil(tableScope, atom.Td, atom.Th) {
				return true
			}
			p.clearActive()
			p.im = inRowIM
			return false
		}
	case endTag:
		switch p.tok.atom {
		case atom.Td, atom.Th:
			if p.popUntil(tableScope, p.tok.atom) {
				p.clearActive()
				p.im = inRowIM
			}
			return true
		case atom.Body, atom.Caption, atom.Col, atom.Colgroup, atom.Html:
			return true
		case atom.Table, atom.Tbody, atom.Tfoot, atom.Thead, atom.Tr:
			if !p.inScope(tableScope, p.tok.atom) {
				return true
			}
			if p.popUntil(tableScope, atom.Td, atom.Th) {
				p.clearActive()
			}
			p.im = inRowIM
			return false
		}
	}
	return inBodyIM(p)
}
