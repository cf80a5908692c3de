package main

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"ferry/netcore"
	"ferry/ui/firewall"
)

// health is how something is.
type health string

const (
	well   health = "ok"
	ill    health = "bad"
	unsure health = "unknown"
)

// A finding is one thing that doctor has looked at.
type finding struct {
	code   string // for programs
	health health
	text   string
	todo   string // what to do about it; may be empty
}

type findings []finding

// code is the exit code.
func (all findings) code() int {
	for _, f := range all {
		if f.health == ill {
			return exitFailed
		}
	}
	return exitOK
}

// quietLimit is how long a network may be quiet until something keeps devices apart.
const quietLimit = time.Minute

// findingsOf says how a computer is connected. listen is where doctor itself listens, if it
// does; free reports whether nothing listens on a port.
func findingsOf(d netcore.Diagnosis, listen netip.AddrPort, free func(uint16) bool) findings {
	if listen.IsValid() && listen.Addr().IsLoopback() {
		return findings{{"network", ill, "It was told to listen on " + listen.String() + ": no other computer can reach that", "Give another address with --listen, or none."}}
	}
	if len(d.Interfaces) == 0 {
		return findings{{"network", ill, "This computer is not connected to a network", "Check the cable or the Wi-Fi."}}
	}
	return findings{networkFinding(d.Interfaces), portFinding(d.Port, free), multicastFinding(d)}
}

func networkFinding(interfaces []netcore.Interface) finding {
	var all []string
	for _, i := range interfaces {
		for _, a := range i.Addrs {
			all = append(all, a.WithZone("").String()+" ("+visible(i.Name)+")")
		}
	}
	return finding{"network", well, "Connected: " + strings.Join(all, ", "), ""}
}

func portFinding(port uint16, free func(uint16) bool) finding {
	switch {
	case port != 0:
		return finding{"port", well, fmt.Sprintf("Listening on port %d", port), firewallAdvice(port)}
	case free(netcore.DefaultPort):
		return finding{"port", unsure, fmt.Sprintf("Nothing listens on port %d here now, so nobody can send to this computer", netcore.DefaultPort),
			"Start Ferry, or ferry-cli receive, unless it runs on another port."}
	}
	return finding{"port", well, fmt.Sprintf("Port %d is in use: by Ferry, if it runs here", netcore.DefaultPort), firewallAdvice(netcore.DefaultPort)}
}

func firewallAdvice(port uint16) string {
	if command := firewall.Command(port); command != "" {
		return "If others cannot find or reach this computer, let Ferry through its firewall: " + command
	}
	return ""
}

func multicastFinding(d netcore.Diagnosis) finding {
	switch {
	case d.Multicast != nil:
		return finding{"multicast", ill, "Other computers cannot be heard: " + systemWords(d.Multicast),
			"Close the program that keeps UDP port 5353 to itself, or give addresses: ferry-cli send HOST[:PORT] PATH..."}
	case !d.Heard.IsZero():
		return finding{"multicast", well, "Other computers are heard", ""}
	}
	if heard := time.Since(d.Since); !d.Since.IsZero() && heard < quietLimit {
		return finding{"multicast", unsure, fmt.Sprintf("Listening… no other computer was heard in %.0f s", heard.Seconds()),
			"Where nothing is heard for a minute, devices are kept apart, or there are none: try again then, beside a Ferry that runs."}
	}
	return finding{"multicast", ill, "No other computer was heard in " + quietLimit.String(),
		"A guest Wi-Fi keeps devices apart, a VPN hides them, a firewall may drop UDP port 5353. Addresses work all the same: ferry-cli send HOST[:PORT] PATH..."}
}

func peersFinding(peers []netcore.Peer) finding {
	if len(peers) == 0 {
		return finding{"peers", unsure, "No device with Ferry was found", "Is Ferry open there, and visible?"}
	}
	names := make([]string, len(peers))
	for i, p := range peers {
		names[i] = visible(p.Name)
	}
	return finding{"peers", well, "Found: " + strings.Join(names, ", "), "Try ferry-cli doctor with one of these names to see who can reach whom."}
}

// A verdict is who of two devices can reach the other.
type verdict struct {
	finding
	there, back reach
}

// reach is whether one can be reached from the other.
type reach string

const (
	reached   reach = "yes"
	unreached reach = "no"
	untried   reach = "unknown"
)

func reachOf(tried []netcore.Attempt) reach {
	got := untried
	for _, a := range tried {
		if a.Err == nil {
			return reached
		}
		got = unreached
	}
	return got
}

// verdictOf puts a diagnosis into words. hidden is whether doctor itself listens nowhere.
func verdictOf(d netcore.PeerDiagnosis, hidden bool) verdict {
	name := visible(d.Peer.Name)
	v := verdict{finding{code: "peer", health: ill}, reachOf(d.There), reachOf(d.Back)}
	const onward = ". Transfers work all the same"
	switch {
	case v.there == reached && v.back == reached:
		v.health, v.text = well, name+" and this computer can reach each other"
	case v.there == reached && v.back == unreached:
		v.text = "This computer can reach " + name + "; " + name + " cannot reach this computer" + failedWhere(d.Back, "the firewall here") + onward
		v.todo = firewallAdvice(d.Back[0].Addr.Port())
	case v.there == reached:
		v.health, v.text = well, "This computer can reach "+name+"; "+untriedWords(name, d.BackErr, hidden)+onward
	case v.back == reached:
		v.text = name + " can reach this computer; this computer cannot reach " + name + failedWhere(d.There, "its firewall") + onward
	case d.Linked:
		v.text = "There is a connection to " + name + ", but no new one can be made" + failedWhere(d.There, "its firewall")
	default:
		v.text = "This computer cannot reach " + name + failedWhere(d.There, "its firewall, or it is off") + "; " + untriedWords(name, d.BackErr, hidden)
		v.todo = "Is Ferry running there, and is it on the same network? One open firewall is enough."
	}
	v.text += "."
	return v
}

func untriedWords(name string, err error, hidden bool) string {
	text := "whether " + name + " can reach this computer is not known"
	switch {
	case errors.Is(err, netcore.ErrOffline) && hidden:
		return text + ": it can be asked only while it is connected to this command (close the Ferry that runs here, and try again)"
	case errors.Is(err, netcore.ErrOffline):
		return text + ": it is not connected"
	case err != nil:
		reason, _ := reasonAndAdvice(err, true, netcore.Outgoing)
		return text + ": " + reason
	case hidden:
		return text + ": it knows no address of this computer"
	}
	return text
}

// failedWhere is where and how attempts have failed, and what that is most likely
// because of if nothing came back.
func failedWhere(tried []netcore.Attempt, silent string) string {
	if len(tried) == 0 {
		return ": no address of it is known"
	}
	first := tried[0]
	for _, a := range tried {
		if errors.Is(a.Err, netcore.ErrTimeout) { // says more than an address of another network
			first = a
			break
		}
	}
	text := fmt.Sprintf(" on port %d (%s)", first.Addr.Port(), attemptText(first))
	if errors.Is(first.Err, netcore.ErrTimeout) {
		text += ": " + silent
	}
	return text
}

// attemptText is how an attempt went, in a few words.
func attemptText(a netcore.Attempt) string {
	var errno syscall.Errno
	switch {
	case a.Err == nil && a.RoundTrip > 0:
		return fmt.Sprintf("ok, %.1f ms", float64(a.RoundTrip.Microseconds())/1000)
	case a.Err == nil:
		return "ok"
	case errors.Is(a.Err, netcore.ErrTimeout):
		return "timed out"
	case errors.Is(a.Err, netcore.ErrPeerID):
		return "another device answers there"
	case errors.As(a.Err, &errno):
		return errno.Error()
	case errors.Is(a.Err, netcore.ErrOffline):
		return "nobody answers"
	}
	text, _ := reasonAndAdvice(a.Err, false, netcore.Outgoing)
	return text
}

// attemptLines are all attempts, in both directions.
func attemptLines(d netcore.PeerDiagnosis) (lines []string) {
	for _, a := range d.There {
		lines = append(lines, "to "+visible(d.Peer.Name)+" at "+a.Addr.String()+": "+attemptText(a))
	}
	for _, a := range d.Back {
		lines = append(lines, "from "+visible(d.Peer.Name)+" at "+a.Addr.String()+": "+attemptText(a))
	}
	return lines
}
