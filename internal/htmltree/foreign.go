package htmltree

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// inForeignContent reports whether the token belongs to a drawing or a formula.
func (p *parser) inForeignContent() bool {
	n := p.open.top()
	if n == nil || n.Namespace == "" || p.tok.kind == endOfText {
		return false
	}
	start, text := p.tok.kind == startTag, p.tok.kind == textToken
	switch {
	case mathText(n) && (text || start && p.tok.atom != atom.Mglyph && p.tok.atom != atom.Malignmark),
		n.Namespace == "math" && n.DataAtom == atom.AnnotationXml && start && p.tok.atom == atom.Svg,
		htmlPoint(n) && (start || text):
		return false
	}
	return true
}

// htmlPoint reports whether what n holds is HTML again.
func htmlPoint(n *html.Node) bool {
	switch n.Namespace {
	case "math":
		if n.Data != "annotation-xml" {
			return false
		}
		for _, a := range n.Attr {
			if a.Key == "encoding" && (strings.EqualFold(a.Val, "text/html") || strings.EqualFold(a.Val, "application/xhtml+xml")) {
				return true
			}
		}
	case "svg":
		return n.Data == "desc" || n.Data == "foreignObject" || n.Data == "title"
	}
	return false
}

func mathText(n *html.Node) bool {
	if n.Namespace != "math" {
		return false
	}
	switch n.Data {
	case "mi", "mo", "mn", "ms", "mtext":
		return true
	}
	return false
}

// startForeign opens a drawing or a formula.
func (p *parser) startForeign() {
	p.reconstruct()
	p.adjustAttributes(p.tok.data)
	p.addElement().Namespace = p.tok.data
	p.endIfSelfClosing()
}

func (p *parser) endIfSelfClosing() {
	if p.selfClosing {
		p.open.pop()
		p.selfClosing = false
	}
}

func (p *parser) foreignContent() bool {
	switch p.tok.kind {
	case textToken:
		if p.framesetOK {
			p.framesetOK = strings.TrimLeft(p.tok.data, whitespace) == ""
		}
		p.addText(p.tok.data)
	case commentToken:
		p.addComment()
	case startTag:
		return p.startInForeign()
	case endTag:
		return p.endInForeign()
	}
	return true
}

func (p *parser) startInForeign() bool {
	if p.breaksOut() {
		for i := len(p.open) - 1; i >= 0; i-- {
			if n := p.open[i]; n.Namespace == "" || htmlPoint(n) || mathText(n) {
				p.open = p.open[:i+1]
				break
			}
		}
		return p.im(p)
	}
	namespace := p.open.top().Namespace
	if namespace == "svg" {
		if name := svgTags[p.tok.data]; name != "" {
			p.tok.atom, p.tok.data = atom.Lookup([]byte(name)), name
		}
	}
	p.adjustAttributes(namespace)
	p.addElement().Namespace = namespace
	p.rawTag = "" // a title in a drawing is no text
	p.endIfSelfClosing()
	return true
}

// breaksOut reports whether a start tag is of HTML and ends the drawing.
func (p *parser) breaksOut() bool {
	switch p.tok.atom {
	case atom.B, atom.Big, atom.Blockquote, atom.Body, atom.Br, atom.Center, atom.Code, atom.Dd, atom.Div, atom.Dl, atom.Dt, atom.Em, atom.Embed, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6,
		atom.Head, atom.Hr, atom.I, atom.Img, atom.Li, atom.Listing, atom.Menu, atom.Meta, atom.Nobr, atom.Ol, atom.P, atom.Pre, atom.Ruby, atom.S, atom.Small, atom.Span, atom.Strong, atom.Strike,
		atom.Sub, atom.Sup, atom.Table, atom.Tt, atom.U, atom.Ul, atom.Var:
		return true
	case atom.Font:
		for _, a := range p.tok.attr {
			if a.Key == "color" || a.Key == "face" || a.Key == "size" {
				return true
			}
		}
	}
	return false
}

func (p *parser) endInForeign() bool {
	for i := len(p.open) - 1; i >= 0; i-- {
		if strings.EqualFold(p.open[i].Data, p.tok.data) {
			p.open = p.open[:i]
			return true
		}
		if i > 0 && p.open[i-1].Namespace == "" {
			break
		}
	}
	return p.im(p)
}

// adjustAttributes gives the attributes of the tag the names that they have in a
// drawing or formula.
func (p *parser) adjustAttributes(namespace string) {
	for i := range p.tok.attr {
		a := &p.tok.attr[i]
		if namespace == "math" && a.Key == "definitionurl" {
			a.Key = "definitionURL"
		} else if name := svgAttributes[a.Key]; name != "" && namespace == "svg" {
			a.Key = name
		}
		switch a.Key {
		case "xlink:actuate", "xlink:arcrole", "xlink:href", "xlink:role", "xlink:show", "xlink:title", "xlink:type", "xml:lang", "xml:space", "xmlns:xlink":
			a.Namespace, a.Key, _ = strings.Cut(a.Key, ":")
		}
	}
}

// byLower returns the names of a list by what they are in lower case.
func byLower(names string) map[string]string {
	all := map[string]string{}
	for name := range strings.FieldsSeq(names) {
		all[strings.ToLower(name)] = name
	}
	return all
}

// The names in drawings that have capital letters.
var (
	svgTags = byLower(`altGlyph altGlyphDef altGlyphItem animateColor animateMotion animateTransform clipPath feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix
feDiffuseLighting feDisplacementMap feDistantLight feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge feMergeNode
feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence foreignObject glyphRef linearGradient radialGradient textPath`)
	svgAttributes = byLower(`attributeName attributeType baseFrequency baseProfile calcMode clipPathUnits diffuseConstant edgeMode filterUnits glyphRef gradientTransform gradientUnits
kernelMatrix kernelUnitLength keyPoints keySplines keyTimes lengthAdjust limitingConeAngle markerHeight markerUnits markerWidth maskContentUnits maskUnits
numOctaves pathLength patternContentUnits patternTransform patternUnits pointsAtX pointsAtY pointsAtZ preserveAlpha preserveAspectRatio primitiveUnits refX
refY repeatCount repeatDur requiredExtensions requiredFeatures specularConstant specularExponent spreadMethod startOffset stdDeviation stitchTiles surfaceScale
systemLanguage tableValues targetX targetY textLength viewBox viewTarget xChannelSelector yChannelSelector zoomAndPan`)
)
