package store

import (
	"errors"

	"ferry/netcore/internal/identity"
)

// A Peer is what is kept of a peer.
type Peer struct {
	ID   identity.PeerID
	Body []byte // JSON: what there is to know, for the caller
}

// PutPeer writes p, in place of what was there of the same ID.
func (s *Store) PutPeer(p Peer) error {
	_, err := s.db.Exec("INSERT OR REPLACE INTO peers (id, body) VALUES (?, ?)", p.ID[:], string(p.Body))
	return wrap("keep a peer", err)
}

// DropPeer forgets a peer. It is no error if it is not there.
func (s *Store) DropPeer(id identity.PeerID) error {
	_, err := s.db.Exec("DELETE FROM peers WHERE id = ?", id[:])
	return wrap("forget a peer", err)
}

// Peers returns all peers that are kept.
func (s *Store) Peers() ([]Peer, error) {
	rows, err := s.db.Query("SELECT id, body FROM peers")
	if err != nil {
		return nil, wrap("read peers", err)
	}
	defer rows.Close()
	var list []Peer
	for rows.Next() {
		var id []byte
		var body string
		if err := rows.Scan(&id, &body); err != nil {
			return nil, wrap("read peers", err)
		}
		if len(id) != len(identity.PeerID{}) {
			return nil, wrap("read peers", errors.New("an ID of the wrong size"))
		}
		list = append(list, Peer{identity.PeerID(id), []byte(body)})
	}
	return list, wrap("read peers", rows.Err())
}
