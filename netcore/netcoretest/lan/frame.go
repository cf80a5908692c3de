//go:build linux

package lan

import "encoding/binary"

// A frame of a tap device begins with struct virtio_net_hdr (virtio 1.2, 5.1.6);
// the Ethernet header follows.
const (
	vnetHeader  = 10
	vnetGSOType = 1 // 0: one packet
	vnetGSOSize = 4 // bytes of content in each packet but the last
	vnetTCP     = 6 // where the TCP header begins, seen from the Ethernet header
	vnetTCPSum  = 8 // where the checksum is in it

	etherType   = vnetHeader + 12
	ipHeader    = vnetHeader + 14
	typeIPv4    = 0x0800
	tcpSeq      = 4
	tcpLength   = 12
	tcpFlags    = 13
	flagFIN     = 0x01
	flagPSH     = 0x08
	flagCWR     = 0x80
	ipv4Length  = 2
	ipv4ID      = 4
	ipv4Sum     = 10
	ipv6Payload = 4
	ipv6Header  = 40
)

// survivors returns copies of what is left of a frame after each of its
// packets was lost or not. Packets next to each other stay in one frame.
func survivors(frame []byte, lost func() bool) [][]byte {
	s, ok := superframe(frame)
	if !ok {
		if lost() {
			return nil
		}
		return [][]byte{append([]byte(nil), frame...)}
	}
	var pieces [][]byte
	first := 0
	for i := range s.packets {
		if lost() {
			pieces = s.cut(pieces, first, i)
			first = i + 1
		}
	}
	return s.cut(pieces, first, s.packets)
}

// A tcpFrame is a frame that holds many packets of one TCP connection.
type tcpFrame struct {
	frame   []byte
	tcp     int // where the TCP header begins
	content int // where the content begins
	size    int // of the content of each packet but the last
	packets int
}

// superframe reads the headers of a frame of more than one packet. They are
// the kernel's own; it only makes sure that nothing is read past the end.
func superframe(frame []byte) (tcpFrame, bool) {
	if len(frame) < ipHeader || frame[vnetGSOType] == 0 {
		return tcpFrame{}, false
	}
	s := tcpFrame{frame: frame}
	s.size = int(binary.LittleEndian.Uint16(frame[vnetGSOSize:]))
	s.tcp = vnetHeader + int(binary.LittleEndian.Uint16(frame[vnetTCP:]))
	if s.size == 0 || len(frame) < s.tcp+20 {
		return tcpFrame{}, false
	}
	s.content = s.tcp + int(frame[s.tcp+tcpLength]>>4)*4
	if len(frame) <= s.content {
		return tcpFrame{}, false
	}
	s.packets = (len(frame) - s.content + s.size - 1) / s.size
	return s, true
}

// cut appends a frame of the packets from first up to but not including end,
// if there are any.
func (s tcpFrame) cut(pieces [][]byte, first, end int) [][]byte {
	if first == end {
		return pieces
	}
	from, to := s.content+first*s.size, min(s.content+end*s.size, len(s.frame))
	piece := make([]byte, 0, s.content+to-from)
	piece = append(append(piece, s.frame[:s.content]...), s.frame[from:to]...)
	if end-first == 1 {
		piece[vnetGSOType] = 0
		binary.LittleEndian.PutUint16(piece[vnetGSOSize:], 0)
	}
	s.number(piece[s.tcp:], first, end)
	s.measure(piece, first)
	return append(pieces, piece)
}

// number says in a piece's TCP header which part of the stream it is.
func (s tcpFrame) number(tcp []byte, first, end int) {
	seq := binary.BigEndian.Uint32(tcp[tcpSeq:])
	binary.BigEndian.PutUint32(tcp[tcpSeq:], seq+uint32(first*s.size))
	if first > 0 {
		tcp[tcpFlags] &^= flagCWR
	}
	if end < s.packets {
		tcp[tcpFlags] &^= flagFIN | flagPSH
	}
	// The kernel has summed up the addresses and the length so far, and leaves
	// the rest to the network card.
	at := int(binary.LittleEndian.Uint16(s.frame[vnetTCPSum:]))
	sum := uint32(binary.BigEndian.Uint16(tcp[at:])) + uint32(len(tcp)&0xffff) + uint32(^uint16(len(s.frame)-s.tcp))
	binary.BigEndian.PutUint16(tcp[at:], fold(sum))
}

// measure corrects the length in a piece's IP header.
func (s tcpFrame) measure(piece []byte, first int) {
	ip := piece[ipHeader:]
	if binary.BigEndian.Uint16(piece[etherType:]) != typeIPv4 {
		binary.BigEndian.PutUint16(ip[ipv6Payload:], uint16(len(ip)-ipv6Header))
		return
	}
	binary.BigEndian.PutUint16(ip[ipv4Length:], uint16(len(ip)))
	binary.BigEndian.PutUint16(ip[ipv4ID:], binary.BigEndian.Uint16(ip[ipv4ID:])+uint16(first))
	binary.BigEndian.PutUint16(ip[ipv4Sum:], 0)
	binary.BigEndian.PutUint16(ip[ipv4Sum:], ^checksum(ip[:int(ip[0]&0x0f)*4]))
}

// checksum is the sum of RFC 1071, not complemented.
func checksum(b []byte) uint16 {
	var sum uint32
	for i := 0; i+1 < len(b); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	return fold(sum)
}

func fold(sum uint32) uint16 {
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return uint16(sum)
}
