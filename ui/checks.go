package ui

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"ferry/netcore"
)

// deafAfter is how long nothing may be heard from other computers until that
// says something.
const deafAfter = time.Minute

// A check is one thing that must be so for devices to find each other.
type check struct {
	tone    tone // toneGood, toneBad, toneMixed: perhaps, toneQuiet: not known yet
	what    phrase
	todo    phrase // what to do about it; no key: nothing
	command string // what to type for that; may be empty
}

// A situation is what checks are made from.
type situation struct {
	diagnosis netcore.Diagnosis
	self      []netip.AddrPort
	command   string        // that opens this computer's firewall; may be empty
	listened  time.Duration // since there is a network
	heardAgo  time.Duration // negative: never
}

// checksOf says how it stands with finding devices, and with being found.
func checksOf(s situation) []check {
	switch {
	case keepsToItself(s.self):
		return []check{{tone: toneMixed, what: phrase{key: keyCheckItself, args: args{"Address": s.self[0].String()}}, todo: phrase{key: keyCheckItselfFix}}}
	case len(s.diagnosis.Interfaces) == 0:
		return []check{{tone: toneBad, what: phrase{key: keyCheckAlone}, todo: phrase{key: keyCheckAloneFix}}}
	}
	return []check{networkCheck(s.diagnosis.Interfaces), portCheck(s), hearingCheck(s)}
}

// keepsToItself reports whether a node is told to be reached from its own computer only.
func keepsToItself(self []netip.AddrPort) bool {
	return len(self) > 0 && !slices.ContainsFunc(self, func(a netip.AddrPort) bool { return !a.Addr().IsLoopback() })
}

func networkCheck(interfaces []netcore.Interface) check {
	var all []string
	for _, i := range interfaces[:min(len(interfaces), 3)] {
		if a := bestAddr(i.Addrs); a.IsValid() {
			all = append(all, a.WithZone("").String()+" ("+i.Name+")")
		}
	}
	return check{tone: toneGood, what: phrase{key: keyCheckNetwork, args: args{"Networks": strings.Join(all, ", ")}}}
}

// bestAddr is the address that people know: 192.168.1.20 before 2001:db8::20, and
// both before fe80::20.
func bestAddr(addrs []netip.Addr) netip.Addr {
	rank := func(a netip.Addr) int {
		switch {
		case a.Is4() || a.Is4In6():
			return 0
		case !a.IsLinkLocalUnicast():
			return 1
		}
		return 2
	}
	if len(addrs) == 0 {
		return netip.Addr{}
	}
	return slices.MinFunc(addrs, func(a, b netip.Addr) int { return rank(a) - rank(b) }).Unmap()
}

func portCheck(s situation) check {
	c := check{tone: toneGood, what: phrase{key: keyCheckPort, args: args{"Port": port(s.diagnosis.Port)}}, command: s.command}
	if s.command != "" {
		c.todo = phrase{key: keyCheckFirewall}
	}
	return c
}

func hearingCheck(s situation) check {
	switch {
	case s.diagnosis.Multicast != nil:
		return check{tone: toneBad, what: phrase{key: keyCheckDeaf}, todo: phrase{key: keyCheckDeafFix}}
	case s.heardAgo >= 0 && s.heardAgo < deafAfter:
		return check{tone: toneGood, what: phrase{key: keyCheckHeard}, todo: phrase{key: keyCheckHeardFix}}
	case s.listened < deafAfter:
		return check{tone: toneQuiet, what: phrase{key: keyCheckListening}}
	}
	return check{tone: toneMixed, what: phrase{key: keyCheckSilence}, todo: phrase{key: keyCheckSilenceFix}}
}
