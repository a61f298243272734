package session

import "fmt"

// renderProfile builds the greeting and menu that every page shows on top.
func renderProfile(user string) []byte {
	html := make([]byte, 0, 1024)
	html = fmt.Appendf(html, "<header><h1>Welcome back, %s</h1><nav><ul>", user)
	for _, entry := range menu {
		html = fmt.Appendf(html, `<li><a href="/%s?ref=%s">%s</a></li>`, entry.path, user, entry.title)
	}
	return append(html, "</ul></nav></header>"...)
}

var menu = []struct{ path, title string }{
	{"orders", "Your orders"},
	{"returns", "Returns and refunds"},
	{"wishlist", "Wish list"},
	{"addresses", "Addresses"},
	{"payment", "Ways to pay"},
	{"logout", "Sign out"},
}
