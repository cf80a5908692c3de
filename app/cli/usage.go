package main

const mainUsage = `ferry-cli moves files between computers on the local network.

Usage: ferry-cli [--config DIR] [--name NAME] [--log LEVEL] [--json] COMMAND

Commands:
  receive   be a node that others see and can send to
  send      send files and folders to a peer
  peers     who is there
  known     the devices that there was something with, and what was decided about them
  verify    make sure, with the other person, that a device is the right one
  trust     accept without asking what a verified device sends
  name      call a device by a name of your own
  block     take nothing from a device; unblock takes that back
  forget    forget a known device
  history   what was sent and received
  doctor    why a device is not there, and what to do
  address   where this device can be reached, as text and as a QR code
  id        who this device is, and a new identity

  ferry-cli help COMMAND tells more about each.

Flags of every command:
  --config DIR   the folder that holds identity, settings and data; several
                 nodes can live on one computer, each in a folder of its own
  --name NAME    what other people read (default: as set, or the host's name)
  --log LEVEL    write a log to standard error: debug, info, warn (default), error
  --json         write one JSON object a line to standard output for every
                 event; all that is for people goes to standard error
  --version      print the version
  --help         print this text

Exit codes:
  0    everything was delivered, and the receiver confirmed it
  1    failed; of doctor: something is not as it should be; of verify: the codes
       were different
  2    the command line is wrong, or names a path that does not exist
  3    declined
  4    the peer was not found, or cannot be reached
  5    delivered, but for some entries; they are listed on standard error
  130  interrupted by ctrl-C (SIGINT); 143 told to end (SIGTERM); 129 the
       terminal was closed (SIGHUP)
`

const receiveUsage = `Usage: ferry-cli receive [--dir DIR] [--accept ask|trusted|all] [--listen HOST:PORT] [--count N]
                         [--visible everyone|known|nobody] [--limit-up RATE] [--limit-down RATE]

Be a node that others see and can send to, until interrupted. What was accepted
and is not finished then is remembered: it goes on, without being asked about
again, when "receive" is started again and the sender is there.

  --dir DIR           where received files go (default: as set, or the
                      folder that the window uses)
  --accept ask        ask at the terminal about every offer (default), but for what
                      "trust" has said
  --accept trusted    accept what "trust" has said, decline the rest
  --accept all        accept everything from everybody: anyone on the network
                      can fill this disk
  --listen HOST:PORT  listen there only; port 0 takes any free one (default:
                      every address, and port 7776 if it is free)
  --visible everyone  all devices on the network see this one (default: as set)
  --visible known     only those that something was sent to or received from, or
                      that were connected to by address
  --visible nobody    nobody sees it, and nobody can send to it; what was
                      accepted before goes on all the same
  --count N           end when N transfers have ended, in whatever way; the exit
                      code is then that of the worst. One that is interrupted
                      has not ended: it goes on when the sender is back
` + limitUsage

const limitUsage = `  --limit-up RATE     send at most this many bytes a second, all transfers
  --limit-down RATE   together, or receive: 500K, 5M, 1.5M (a million and a half);
                      0 is no limit (default: as set)
`

const sendUsage = `Usage: ferry-cli send [--limit-up RATE] [--limit-down RATE] PEER PATH...

Send files and folders to a peer, and wait until it has confirmed them.

PEER is one of
  a name               as "ferry-cli peers" shows it; letter case does not matter
  a peer ID            or its beginning, 10 characters or more, if that is unique;
                       only a whole peer ID means one device for sure: any can
                       take any name
  HOST or HOST:PORT    the address of a computer that runs Ferry
  ferry:...            what "ferry-cli address" prints there: the address, and who
                       must answer at it

The peer is waited for up to 10 seconds, also one that is known and away: only the
window and "receive" wait longer. If a PATH does not exist, nothing is
sent. What is neither a file, a folder nor a link (a device, a socket, a named
pipe) is left out and listed at the end. A PATH that begins with a dash needs -- in
front of the PEER.

When an accepted transfer is interrupted (the network fails, Ferry is closed on
the other device, its disk is full, somebody there pauses it), send waits and
goes on by itself.

ctrl-C (SIGINT) cancels the transfer, at both ends: what has arrived of it is
removed there. SIGTERM, SIGHUP and the end of the computer only end the
program: the transfer is remembered at both ends, and the same command (the same
peer and the same paths) goes on with it, where it stopped and without asking
again. What the receiver already has is never sent twice.

` + limitUsage

const peersUsage = `Usage: ferry-cli peers [--for DURATION] [--known]

Look around and print who is there: name, peer ID, whether online, addresses.

  --for DURATION   how long to look, such as 500ms, 3s or 1m (default 3s)
  --known          print the known devices instead, here or not, and when they
                   were here last: those that something was sent to or received
                   from, or that were connected to by address
`

const doctorUsage = `Usage: ferry-cli doctor [--listen HOST:PORT] [PEER]

Check what must be so for devices to find each other and to be found: the
network, the port, whether other computers are heard; and say what to do about
each. It takes some seconds.

With a PEER (as for "send"), find out who of the two can reach the other. One
direction is enough: files go both ways over it.

A Ferry that runs here, with the same --config, is asked, and what is said is true
of that one. If none does, and the usual port is free, "doctor PEER" listens there
itself for these seconds, so that the PEER can be asked to try it; others see this
device then, and what they offer is not answered.

  --listen HOST:PORT   listen there, whatever else runs; port 0 takes any free one

The exit code is 0 if all is well, 4 if there is no such PEER, 1 otherwise.
`

const addressUsage = `Usage: ferry-cli address [--listen HOST:PORT]

Print where this device can be reached, and a QR code of it, for "Connect by
address" in the window or "ferry-cli send" on another computer. The line that begins with
"ferry:" also holds who this device is: no other can answer in its place.

  --listen HOST:PORT   where Ferry listens here, if it was told (default: every
                       address, and port 7776)
`

const knownUsage = `Usage: ferry-cli known

Print the known devices, here or not, the blocked ones too: what each is called here, and by its
owner if that is another name; since when it is verified; what of it is accepted
without asking; when it was here last; its peer ID. "peers --known" prints where they
were reached.
`

const verifyUsage = `Usage: ferry-cli verify PEER

Make sure that nobody sits between this device and the PEER. Both screens show the
same six digits and the same four pictures; you and the other person compare them,
face to face or on the phone, and each types "same" or "different". Comparing either
digits or pictures is enough.

If both say "same", each device has verified the other. If one says "different", each
blocks the other. PEER is as for "send", and has to be online: a window, or "ferry-cli
receive" at a terminal.
`

const trustUsage = `Usage: ferry-cli trust PEER [--auto-accept] [--dir DIR] [--max-size SIZE] [--files-only]
       ferry-cli trust PEER --ask

Say what a verified PEER may send without anybody being asked. PEER is a name, a
peer ID, or its beginning, as "ferry-cli known" shows them.

  --auto-accept     accept what it sends without asking, as far as the other flags say
                    (each of them implies it)
  --dir DIR         put that there, not into the inbox
  --max-size SIZE   ask about offers that are larger: 500K, 200M, 1.5G
  --files-only      ask about offers with folders or links
  --ask             ask about everything again
`

const nameUsage = `Usage: ferry-cli name PEER NICKNAME

Call a device by a name of your own, whatever its owner calls it. "" as NICKNAME takes that
back.
`

const blockUsage = `Usage: ferry-cli block PEER
       ferry-cli unblock PEER

A blocked device is not listed, does not see this one, and nothing is taken from it; what is
on its way to or from it ends. It is no longer verified, also once it is unblocked. PEER
is a name, a peer ID, or its beginning.
`

const forgetUsage = `Usage: ferry-cli forget PEER

Forget a known device: its names, its addresses, that it was verified, and that there was something
between the two. PEER is a name, a peer ID, or its beginning, as "ferry-cli known" shows them.
`

const historyUsage = `Usage: ferry-cli history [-n N] [--search TEXT]
       ferry-cli history --delete ID|all

Print what was sent and received, the newest first: the beginning of its ID, when it began, which
way, what, with whom, how it ended, how much it was, and the beginning of the receipt,
which is the same at both ends. With --json ID and receipt are whole, and there is
all that "transfer" events tell.

  -n N              at most N transfers (default 20)
  --search TEXT     only those with TEXT in the name of what was sent (not of what is
                    inside a folder), or of the other device; letter case does not
                    matter
  --delete ID|all   forget a transfer, or all of them; the files stay. It may be given
                    several times
`

const idUsage = `Usage: ferry-cli id [--new]

Print who this device is: name, peer ID, config folder, inbox. The identity is
created if there is none yet.

  --new   become a new device, for a computer whose disk was copied from
          another one with Ferry on it. Close Ferry before. The old key is
          kept; others must get to know this device anew.
`
