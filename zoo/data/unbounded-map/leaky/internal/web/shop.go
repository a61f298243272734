// Package web serves the shop's pages.
package web

import (
	"io"
	"net/http"
	"strconv"

	"zoo.gopatrol.dev/data/unbounded-map/leaky/internal/catalog"
	"zoo.gopatrol.dev/data/unbounded-map/leaky/internal/session"
)

const cookieName = "sid"

// Shop answers the visitors' requests.
type Shop struct {
	products *catalog.Catalog
	sessions *session.Store
}

// NewShop returns a shop over a catalogue and a session store.
func NewShop(products *catalog.Catalog, sessions *session.Store) *Shop {
	return &Shop{products: products, sessions: sessions}
}

// Routes registers the shop's pages.
func (s *Shop) Routes(mux *http.ServeMux) {
	mux.HandleFunc("/login", s.login)
	mux.HandleFunc("/basket", s.basket)
}

func (s *Shop) login(w http.ResponseWriter, r *http.Request) {
	user := r.FormValue("user")
	if user == "" {
		http.Error(w, "user is missing", http.StatusBadRequest)
		return
	}
	sess := s.sessions.Create(user)
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: sess.ID, HttpOnly: true})
	w.Write(sess.Profile)
	s.showProduct(w, r, sess)
}

func (s *Shop) basket(w http.ResponseWriter, r *http.Request) {
	sess, ok := s.current(r)
	if !ok {
		http.Redirect(w, r, "/login", http.StatusSeeOther)
		return
	}
	w.Write(sess.Profile)
	s.showProduct(w, r, sess)
}

func (s *Shop) current(r *http.Request) (*session.Session, bool) {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return nil, false
	}
	return s.sessions.Lookup(cookie.Value)
}

func (s *Shop) showProduct(w http.ResponseWriter, r *http.Request, sess *session.Session) {
	sku, err := strconv.Atoi(r.FormValue("sku"))
	if err != nil {
		return
	}
	product := s.products.Find(sku)
	s.sessions.AddLine(sess, session.Line{SKU: product.SKU, Name: product.Name, Quantity: 1, Cents: product.Cents})
	io.WriteString(w, s.products.Page(product))
}
