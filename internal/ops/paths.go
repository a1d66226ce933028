package ops

import "regexp"

// filePath matches the path of a file or folder in an error's text: from the root of
// Unix, or from a drive. What stands behind the slashes of a URL is none.
var filePath = regexp.MustCompile(`(^|[\s"'(=])((?:/[^\s/:"')]+)+/?|[A-Za-z]:\\[^\s:"')]*)`)

// hidePaths replaces paths in what anybody may read: they tell of users and layouts.
func hidePaths(text string) string { return filePath.ReplaceAllString(text, "$1(path)") }
