package wording

import (
	"errors"
	"strings"
	"text/template"
	"text/template/parse"
)

// maxSteps bounds the rounds of all loops of one text, and the templates that it uses:
// an alert has a few dozen lines, and {{range 1000000000000}} would never end.
const maxSteps = 20_000

var errTooManySteps = errors.New("it takes too many steps")

// stepName is the function that is called in each round. A template cannot call it:
// it is not known while templates are parsed.
const stepName = "sainyukaStep"

// counted has every loop and every template of a set count its rounds.
func counted(tmpl *template.Template) {
	for _, t := range tmpl.Templates() {
		if t.Tree != nil && t.Root != nil {
			countIn(t.Root)
			t.Root.Nodes = append([]parse.Node{step(t.Root)}, t.Root.Nodes...)
		}
	}
}

// countIn puts a step at the start of every loop in a list.
func countIn(list *parse.ListNode) {
	if list == nil {
		return
	}
	for _, node := range list.Nodes {
		switch n := node.(type) {
		case *parse.RangeNode:
			countIn(n.List)
			countIn(n.ElseList)
			n.List.Nodes = append([]parse.Node{step(n)}, n.List.Nodes...)
		case *parse.IfNode:
			countIn(n.List)
			countIn(n.ElseList)
		case *parse.WithNode:
			countIn(n.List)
			countIn(n.ElseList)
		}
	}
}

// step is a call of the function that counts, on the line of a node, which its error
// names.
func step(at parse.Node) parse.Node {
	line := 0
	if n, ok := at.(*parse.RangeNode); ok {
		line = n.Line - 1
	}
	text := strings.Repeat("\n", line) + "{{" + stepName + "}}"
	trees, err := parse.Parse(fileName, text, "{{", "}}", map[string]any{stepName: true})
	if err != nil {
		panic(err) // it is a constant
	}
	nodes := trees[fileName].Root.Nodes
	return nodes[len(nodes)-1]
}

// stepping returns a template for one execution, which counts for itself.
func stepping(t *template.Template) (*template.Template, error) {
	own, err := t.Clone()
	if err != nil {
		return nil, err
	}
	steps := 0
	return own.Funcs(template.FuncMap{stepName: func() (string, error) {
		if steps++; steps > maxSteps {
			return "", errTooManySteps
		}
		return "", nil
	}}), nil
}
