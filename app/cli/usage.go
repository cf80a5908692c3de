package main

const mainUsage = `ferry-cli moves files between computers on the local network.

Usage: ferry-cli [--config DIR] [--name NAME] [--log LEVEL] [--json] COMMAND

Commands:
  receive   be a node that others see and can send to
  send      send files and folders to a peer
  peers     who is there
  id        who this device is

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
  1    failed
  2    the command line is wrong, or names a path that does not exist
  3    declined
  4    the peer was not found, or cannot be reached
  5    delivered, but for some entries; they are listed on standard error
  130  interrupted by ctrl-C (SIGINT); 143 told to end (SIGTERM)
`

const receiveUsage = `Usage: ferry-cli receive [--dir DIR] [--accept ask|trusted|all] [--listen HOST:PORT] [--count N]

Be a node that others see and can send to, until interrupted.

  --dir DIR           where received files go (default: as set, or the
                      folder that the window uses)
  --accept ask        ask at the terminal about every offer (default)
  --accept trusted    accept what trusted devices send, decline the rest
                      (no command can trust a device yet: for now, nothing)
  --accept all        accept everything from everybody: anyone on the network
                      can fill this disk
  --listen HOST:PORT  listen there only; port 0 takes any free one (default:
                      every address, and port 7776 if it is free)
  --count N           end when N transfers have ended, in whatever way; the exit
                      code is then that of the worst. One that is interrupted
                      has not ended: it goes on when the sender is back
`

const sendUsage = `Usage: ferry-cli send PEER PATH...

Send files and folders to a peer, and wait until it has confirmed them.

PEER is one of
  a name               as "ferry-cli peers" shows it; letter case does not matter
  a peer ID            or its beginning, 10 characters or more, if that is unique;
                       only a whole peer ID means one device for sure: any can
                       take any name
  HOST or HOST:PORT    the address of a computer that runs Ferry

The peer is waited for up to 10 seconds. If a PATH does not exist, nothing is
sent. What is neither a file nor a folder (a device, a socket, a named pipe)
is left out and listed at the end. A PATH that begins with a dash needs -- in
front of the PEER.

When an accepted transfer is interrupted (the network fails, Ferry is closed on
the other device), send waits and goes on by itself when the peer is back;
ctrl-C ends it. Sending again later goes on where it ended, and costs nothing
for what the receiver already has.
`

const peersUsage = `Usage: ferry-cli peers [--for DURATION]

Look around and print who is there: name, peer ID, whether online, addresses.

  --for DURATION   how long to look, such as 500ms, 3s or 1m (default 3s)
`

const idUsage = `Usage: ferry-cli id

Print who this device is: name, peer ID, config folder, inbox. The identity is
created if there is none yet.
`
