package netcore

import (
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// fold is what two names have in common that people take for the same: case, width, composition, spaces
// and what cannot be seen make no difference.
func fold(name string) string {
	visible := strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cf, unicode.Variation_Selector) {
			return -1
		}
		return r
	}, norm.NFKC.String(name))
	return strings.Join(strings.Fields(norm.NFKC.String(cases.Fold().String(visible))), " ")
}

// A claim is how good a peer's right to a name is: of those that bear it, the one that was verified first has it, else
// the one that is known for the longest time. What is only online, or blocked, has no right to any.
type claim struct {
	id            PeerID
	verified, met time.Time
}

func (c claim) better(o claim) bool {
	if c.verified.IsZero() != o.verified.IsZero() {
		return o.verified.IsZero()
	}
	if !c.verified.Equal(o.verified) {
		return c.verified.Before(o.verified)
	}
	if !c.met.Equal(o.met) {
		return c.met.Before(o.met)
	}
	return c.id.String() < o.id.String()
}

// findNamesakes returns the peers that could be taken for another one, by their names, and whether that is a
// known one. Callers hold mu.
func (k *known) findNamesakes() map[PeerID]bool {
	owners := make(map[string]claim)
	bearers := make(map[string]int) // how many are called so
	called := make(map[PeerID]string)
	for id, a := range k.peers {
		name, own := fold(a.label()), fold(a.Name)
		called[id] = name
		bearers[name]++
		if a.Blocked {
			continue
		}
		c := claim{id, a.Verified, a.Met}
		for _, n := range []string{name, own} {
			if o, ok := owners[n]; !ok || c.better(o) {
				owners[n] = c
			}
		}
	}
	for id, s := range k.online {
		if k.peers[id] == nil {
			called[id] = fold(s.Hello.Name)
			bearers[called[id]]++
		}
	}
	found := make(map[PeerID]bool)
	for id, name := range called {
		if o, ok := owners[name]; name != "" && (ok && o.id != id || !ok && bearers[name] > 1) {
			found[id] = ok
		}
	}
	return found
}

// renamed looks for namesakes anew, and returns the peers for which that has changed.
func (k *known) renamed() []PeerID {
	k.mu.Lock()
	defer k.mu.Unlock()
	before := k.namesakes
	k.namesakes = k.findNamesakes()
	var list []PeerID
	for id, owned := range k.namesakes {
		if was, ok := before[id]; !ok || was != owned {
			list = append(list, id)
		}
	}
	for id := range before {
		if _, ok := k.namesakes[id]; !ok {
			list = append(list, id)
		}
	}
	return list
}

// namesake reports whether a peer could be taken for another one, and whether nobody has a right to their name.
func (k *known) namesake(id PeerID) (namesake, doubled bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	owned, ok := k.namesakes[id]
	return ok, ok && !owned
}
