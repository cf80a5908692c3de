// Package nocore keeps what is in this process's memory, the private key and whatever is just being
// moved, out of core files.
//
// A Go program that panics leaves none by itself; but the person may have set GOTRACEBACK=crash, or a signal may ask for one. Not
// taken is the other way, prctl(PR_SET_DUMPABLE): the desktop portal, which shows the file
// chooser, could then not find out who asks it.
package nocore

// Set lets this process, and those that it starts, leave no core file from now on. The limit is the
// soft one: a program that this one starts can lift it for itself. Where the system knows no such limit, it does nothing.
func Set() error { return set() }
