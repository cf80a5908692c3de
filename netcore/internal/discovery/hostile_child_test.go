package discovery

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// speak returns what sends packets to all, from the port that answers come from.
func speak() (say func([]byte) error, end func(), err error) {
	conn, err := net.ListenUDP("udp4", group4)
	if err != nil {
		return nil, nil, err
	}
	return func(packet []byte) error { _, err := conn.WriteTo(packet, group4); return err }, func() { conn.Close() }, nil
}

// announcement is a packet that announces nodes which are not there.
func announcement(names ...string) ([]byte, error) {
	msg := &dns.Msg{MsgHdr: dns.MsgHdr{Response: true}, Compress: true}
	for _, name := range names {
		msg.Answer = append(msg.Answer, invented(name)...)
	}
	return msg.Pack()
}

// runFlood announces ever new nodes until it is told to end.
func runFlood(ctx context.Context, name string, out *json.Encoder) error {
	return announceMany(ctx, name, -1, out)
}

// runNames announces 10,000 nodes.
func runNames(ctx context.Context, name string, out *json.Encoder) error {
	return announceMany(ctx, name, 1000, out)
}

// announceMany announces ten nodes in each of so many packets.
func announceMany(ctx context.Context, name string, packets int, out *json.Encoder) error {
	say, end, err := speak()
	if err != nil {
		return err
	}
	defer end()
	for i := 0; i != packets && ctx.Err() == nil; i++ {
		var names []string
		for j := range 10 {
			names = append(names, fmt.Sprint(name, i, "-", j))
		}
		packet, err := announcement(names...)
		if err != nil {
			return err
		}
		if err := say(packet); err != nil {
			return err
		}
	}
	return ready(ctx, out)
}

// ready says that all is sent, and waits for the end.
func ready(ctx context.Context, out *json.Encoder) error {
	if err := out.Encode(line{Network: &[]string{"ready"}}); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// runHostile sends what no honest program does: noise, packets that are cut short or changed in places, names
// that refer to themselves, packets as large as can be (a text, addresses, names that are all pointers), and other nodes under a
// name that is there already.
func runHostile(ctx context.Context, name string, out *json.Encoder) error {
	say, end, err := speak()
	if err != nil {
		return err
	}
	defer end()
	packets, err := hostilePackets(name)
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(1, 1))
	for i := range 3000 {
		packet := slices.Clone(packets[i%len(packets)])
		switch i % 4 {
		case 1:
			packet = packet[:random.IntN(len(packet))+1]
		case 2:
			for range 5 {
				packet[random.IntN(len(packet))] = byte(random.Uint32())
			}
		}
		if err := say(packet); err != nil {
			return err
		}
	}
	return ready(ctx, out)
}

func hostilePackets(name string) ([][]byte, error) {
	good, err := announcement(name)
	if err != nil {
		return nil, err
	}
	noise := make([]byte, 1400)
	random := rand.New(rand.NewPCG(2, 2))
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	loop := append(slices.Clone(good[:12]), 0xc0, 12, 0, 12, 0, 1)
	text := invented(name + "text")
	text[2].(*dns.TXT).Txt = slices.Repeat([]string{strings.Repeat("x", 255)}, 200)
	many := invented(name + "addresses")
	many = slices.Concat(many, slices.Repeat(many[3:], 3500))
	long := strings.Repeat(strings.Repeat("x", 60)+".", 3) + serviceName
	pointers := slices.Repeat([]dns.RR{&dns.PTR{Hdr: dns.RR_Header{Name: long, Rrtype: dns.TypePTR, Class: dns.ClassINET, Ttl: 120}, Ptr: long}}, 4000)
	other := invented(name)
	other[2].(*dns.TXT).Txt = textOf(idFor(name + "other"))
	packets := [][]byte{good, noise, loop}
	for _, records := range [][]dns.RR{text, many, pointers, other} {
		msg := &dns.Msg{MsgHdr: dns.MsgHdr{Response: true}, Compress: true, Answer: records}
		packet, err := msg.Pack()
		if err != nil {
			return nil, err
		}
		packets = append(packets, packet)
	}
	return packets, nil
}

// runAsking sends questions, 10,000 in each packet.
func runAsking(ctx context.Context, _ string, out *json.Encoder) error {
	say, end, err := speak()
	if err != nil {
		return err
	}
	defer end()
	msg := &dns.Msg{Compress: true}
	msg.Question = slices.Repeat([]dns.Question{{Name: serviceName, Qtype: dns.TypePTR, Qclass: dns.ClassINET}}, 10_000)
	packet, err := msg.Pack()
	if err != nil {
		return err
	}
	for range 20 {
		if err := say(packet); err != nil {
			return err
		}
	}
	return ready(ctx, out)
}

// runLiar announces, as fast as it can, the node called name at an address of nobody, and under the labels of the
// node itself: "a" lies about "a".
func runLiar(ctx context.Context, name string, out *json.Encoder) error {
	say, end, err := speak()
	if err != nil {
		return err
	}
	defer end()
	for i := range 2000 {
		lie := invented(name)
		lie[3].(*dns.A).A = net.IPv4(10, 77, 0, byte(100+i%100))
		msg := &dns.Msg{MsgHdr: dns.MsgHdr{Response: true}, Compress: true, Answer: lie}
		packet, err := msg.Pack()
		if err != nil {
			return err
		}
		if err := say(packet); err != nil {
			return err
		}
	}
	return ready(ctx, out)
}
