package store

import (
	"errors"
	"strings"
	"time"

	"ferry/netcore/internal/identity"
)

// A Query chooses among the transfers that have ended.
type Query struct {
	Before   time.Time // those that started earlier; zero: all
	Limit    int       // at most as many
	Words    []string  // all of them are in Transfer.Words, as they are
	Outgoing *bool     // nil: both
	Peer     *identity.PeerID
}

// History returns the transfers that have ended and that q chooses, those that started last first.
func (s *Store) History(q Query) ([]Transfer, error) {
	where, args := []string{"ended IS NOT NULL", "NOT dropped"}, []any(nil)
	if !q.Before.IsZero() {
		where, args = append(where, "started < ?"), append(args, q.Before.UnixNano())
	}
	if q.Outgoing != nil {
		where, args = append(where, "outgoing = ?"), append(args, *q.Outgoing)
	}
	if q.Peer != nil {
		where, args = append(where, "peer = ?"), append(args, q.Peer[:])
	}
	for _, word := range q.Words {
		where, args = append(where, "instr(words, ?) > 0"), append(args, word)
	}
	return s.query("WHERE "+strings.Join(where, " AND ")+" ORDER BY started DESC LIMIT ?", append(args, q.Limit)...)
}

// Count returns how many transfers with a peer have ended in this state, in each direction.
func (s *Store) Count(peer identity.PeerID, state string) (sent, received int, err error) {
	err = s.db.QueryRow(`SELECT COUNT(*) FILTER (WHERE outgoing), COUNT(*) FILTER (WHERE NOT outgoing) FROM transfers
		WHERE peer = ? AND ended IS NOT NULL AND NOT dropped AND json_extract(body, '$.state') = ?`, peer[:], state).Scan(&sent, &received)
	return sent, received, wrap("count transfers", err)
}

// Drop forgets these transfers, if they have ended; with no ids, all that have. One of which the peer
// may not know is kept until Told, and is in no History.
func (s *Store) Drop(ids ...[16]byte) error {
	tx, err := s.db.Begin()
	if err != nil {
		return wrap("forget transfers", err)
	}
	defer tx.Rollback() // does nothing after Commit
	if len(ids) == 0 {
		_, err = tx.Exec("UPDATE transfers SET dropped = 1 WHERE ended IS NOT NULL")
	}
	for _, id := range ids {
		if err == nil {
			_, err = tx.Exec("UPDATE transfers SET dropped = 1 WHERE ended IS NOT NULL AND id = ?", id[:])
		}
	}
	if err == nil {
		err = tx.Commit()
	}
	if err == nil {
		err = s.sweep()
	}
	return wrap("forget transfers", err)
}

// Prune drops the transfers that have ended, but for the last keep of them, and those that ended
// before limit.
func (s *Store) Prune(keep int, limit time.Time) error {
	since := int64(0)
	if !limit.IsZero() {
		since = limit.UnixNano()
	}
	_, err := s.db.Exec(`UPDATE transfers SET dropped = 1 WHERE ended IS NOT NULL AND NOT dropped AND (ended < ? OR id NOT IN
		(SELECT id FROM transfers WHERE ended IS NOT NULL AND NOT dropped ORDER BY started DESC LIMIT ?))`, since, keep)
	if err == nil {
		err = errors.Join(s.sweep(), s.trimLists())
	}
	return wrap("forget old transfers", err)
}

// sweep removes what is dropped, once the peers know of it.
func (s *Store) sweep() error {
	_, err := s.db.Exec("DELETE FROM transfers WHERE dropped AND NOT untold")
	if err == nil {
		_, err = s.db.Exec("DELETE FROM lists WHERE id NOT IN (SELECT id FROM transfers WHERE NOT dropped)")
	}
	return err
}
