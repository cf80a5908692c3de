package ui

import "ferry/netcore"

// whose says on which of the two computers the cause of a failure lies.
type whose int

const (
	saidBy   whose = iota // on that of who said it
	sender                // on that of the sender, whoever said it
	receiver              // on that of the receiver
)

// A reason is why something was not delivered, in the two forms that it has:
// here it is this device that is meant, there it is the peer.
type reason struct {
	whose       whose
	here, there key
}

// reasons has an entry for every netcore.ErrorCode; a test holds that.
var reasons = map[string]reason{
	"declined":   {receiver, keyYouDeclined, keyDeclined},
	"cancelled":  {saidBy, keyYouCancelled, keyCancelled},
	"paused":     {saidBy, keyHeldHere, keyHeldThere},
	"offline":    {saidBy, keyOffline, keyOffline},
	"lost":       {saidBy, keyLost, keyLost},
	"untrusted":  {receiver, keyIDistrust, keyUntrusted},
	"version":    {saidBy, keyVersion, keyVersion},
	"protocol":   {saidBy, keyProtocol, keyProtocol},
	"busy":       {receiver, keyMyBusy, keyBusy},
	"timeout":    {saidBy, keyTimeout, keyTimeout},
	"no-space":   {receiver, keyMyDiskFull, keyDiskFull},
	"corrupt":    {saidBy, keyCorrupt, keyCorrupt},
	"changed":    {saidBy, keyChanged, keyChanged},
	"unreadable": {sender, keyICannotRead, keyCannotRead},
	"unwritable": {receiver, keyICannotWrite, keyCannotWrite},
	"bad-name":   {saidBy, keyMyBadName, keyBadName},
	"skipped":    {saidBy, keySkipped, keySkipped},
	"too-large":  {saidBy, keyTooLarge, keyTooLarge},
	"shutdown":   {saidBy, keyMyShutdown, keyShutdown},
	"internal":   {saidBy, keyMyInternal, keyInternal},
}

// why says why an entry or a whole transfer failed.
func why(t netcore.Transfer, err error, remote bool) phrase {
	r, ok := reasons[netcore.ErrorCode(err)]
	if !ok {
		r = reasons["internal"]
	}
	there := remote
	switch r.whose {
	case sender:
		there = t.Direction == netcore.Incoming
	case receiver:
		there = t.Direction == netcore.Outgoing
	}
	k := r.here
	if there {
		k = r.there
	}
	return phrase{key: k, args: args{"Peer": t.Peer.Name}}
}
