// Package netcore finds the computers on the local network that run Ferry
// and moves files between them. It is the whole of Ferry but for its looks: a
// window, a command line or a test drives it through the same few types.
//
// # Lifetime
//
// [New] checks a [Config] and opens what the node needs (its identity and its
// listener) and starts nothing. [Node.Run] starts every goroutine
// and has ended all of them when it returns, which it does when its context
// ends. A Node runs once.
//
// # Talking to people
//
// What happens is told through [Handler.Event], in order and one at a time;
// what a person must decide is asked through [Handler.Offer], which may take
// as long as the person does. Everything a Handler is given is a value: it may
// be kept, and it does not change.
//
// # Trust
//
// A [PeerID] is proved by TLS on every connection. All else that is known of
// a peer (its name, picture, system, addresses) are labels that the peer chose, as are
// the paths that it offers: text from a stranger. Paths and names are checked
// before anything is written; a front end that shows them must make control
// characters visible.
//
// All methods of Node may be called from any goroutine, also from inside
// Handler.Event, and return without waiting for the network unless they take
// a context.
package netcore
