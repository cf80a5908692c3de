package ui

// Every message of assets/translations, and nothing else. A test holds that
// the keys here, the messages there, and what the code says are the same set.
const (
	keyLanguage     key = "language"         // the language's own tag
	keySelf         key = "self.caption"     // below this device's name
	keySelfAlone    key = "self.alone"       // the same without a network
	keyNearby       key = "nearby.title"     // above the cards
	keyNobody       key = "nearby.none"      // no peers: what is so
	keyNobodyHint   key = "nearby.none.hint" // no peers: what to do
	keyCardHint     key = "nearby.card.hint" // on a card below the pointer
	keyInbox        key = "status.inbox"     // where received files go
	keyTransfers    key = "transfers.title"  // above the rows
	keyNothing      key = "transfers.none"   // no transfers: what is so
	keyNothingHint  key = "transfers.none.hint"
	keyClear        key = "transfers.clear"
	keySendFiles    key = "send.files"
	keySendFolder   key = "send.folder"
	keyPickFiles    key = "pick.files"  // title of the file chooser
	keyPickFolder   key = "pick.folder" // title of the folder chooser
	keyPickInbox    key = "pick.inbox"  // title of the chooser in an offer
	keyPick         key = "pick.accept" // its button
	keyToWhom       key = "chooser.title"
	keyToWhomNobody key = "chooser.nobody"
	keySentToast    key = "toast.sent"
	keyUndo         key = "toast.undo"
	keyNoFiles      key = "toast.nothing" // what was dropped is no file
	keyNotSent      key = "toast.failed"
	keyCancel       key = "cancel"
	keyClose        key = "close"
	keySave         key = "save"
	keyDismiss      key = "dismiss" // a warning
	keyOpenFolder   key = "open.folder"
	keyPause        key = "row.do.pause"
	keyResume       key = "row.do.resume"
	keySendAgain    key = "row.do.again" // all of it
	keyRetryFailed  key = "row.do.retry" // what failed
	keyOpen         key = "row.do.open"
	keyShow         key = "row.do.show"
	keyNotAgain     key = "toast.nothing.again"

	keyLimits      key = "limits.title"
	keyLimitsText  key = "limits.text"
	keyLimitsWrong key = "limits.wrong"
	keyUpload      key = "limits.upload"
	keyDownload    key = "limits.download"
	keyNoLimit     key = "limits.none" // in an empty field
	keyNotSaved    key = "limits.unsaved"

	keyStopTitle  key = "stop.title"
	keyStopText   key = "stop.text"
	keyStopKeep   key = "stop.keep"
	keyStopRemove key = "stop.remove"
	keyStopNot    key = "stop.not"

	keyOfferTitle   key = "offer.title"
	keyUnverified   key = "offer.unverified"
	keyOfferTotal   key = "offer.total"
	keyOfferMore    key = "offer.more" // names that are not listed
	keyOfferInto    key = "offer.into"
	keyChange       key = "offer.change"
	keyOfferNoSpace key = "offer.nospace"
	keyAccept       key = "offer.accept"
	keyDecline      key = "offer.decline"
	keyOfferNotice  key = "offer.notice" // desktop notification
	keyFiles        key = "count.files"
	keyFolders      key = "count.folders"
	keyLinks        key = "count.links"
	keyLink         key = "offer.link" // instead of a size

	keyQuitTitle  key = "quit.title"
	keyQuitText   key = "quit.text"
	keyQuit       key = "quit.quit"
	keyStay       key = "quit.stay"
	keyStopped    key = "stopped.title"
	keyStoppedFix key = "stopped.text"

	keyAndMore       key = "name.more"    // report.pdf and 3 more
	keyNameless      key = "name.unknown" // nothing is known of it yet
	keyTo            key = "row.to"
	keyFrom          key = "row.from"
	keyPreparing     key = "row.preparing"
	keyAsking        key = "row.asking"
	keyAsked         key = "row.asked"
	keyOf            key = "row.of"
	keyRate          key = "row.rate"
	keyLeft          key = "row.left"
	keyFinishing     key = "row.finishing"
	keyAway          key = "row.away"
	keyBusyNow       key = "row.busy"
	keyHeldHere      key = "row.held.me"
	keyHeldThere     key = "row.held"
	keyNoRoomHere    key = "row.full.me"
	keyNoRoomThere   key = "row.full"
	keySendingRest   key = "row.rest.sending"
	keyReceivingRest key = "row.rest.receiving"
	keyChangedAnew   key = "row.changed"
	keySent          key = "row.sent"
	keyReceived      key = "row.received"
	keyFound         key = "row.found"
	keyRenamed       key = "row.renamed"
	keyUnsent        key = "row.unsent"
	keyUnreceived    key = "row.unreceived"

	keySeconds key = "span.seconds"
	keyMinutes key = "span.minutes"
	keyHours   key = "span.hours"
	keyDays    key = "span.days"

	keyDetails        key = "details.title"
	keyDetailsFailed  key = "details.failed"
	keyDetailsRenamed key = "details.renamed"
	keyDetailsMore    key = "details.more"
	keyEntryFailed    key = "details.entry"
	keyEntryRenamed   key = "details.rename"
	keyReceipt        key = "details.receipt"

	keyWarnPort      key = "warning.port"
	keyWarnDiscovery key = "warning.discovery"
	keyWarnKeyFile   key = "warning.keyfile"

	keyStartTitle    key = "start.title"
	keyStartIdentity key = "start.identity"
	keyStartSettings key = "start.settings"
	keyStartAddress  key = "start.address"
	keyStartOther    key = "start.other"

	keyYouDeclined  key = "why.declined.me"
	keyDeclined     key = "why.declined"
	keyYouCancelled key = "why.cancelled.me"
	keyCancelled    key = "why.cancelled"
	keyWithdrawn    key = "why.withdrawn"
	keyOffline      key = "why.offline"
	keyLost         key = "why.lost"
	keyIDistrust    key = "why.untrusted.me"
	keyUntrusted    key = "why.untrusted"
	keyVersion      key = "why.version"
	keyProtocol     key = "why.protocol"
	keyMyBusy       key = "why.busy.me"
	keyBusy         key = "why.busy"
	keyTimeout      key = "why.timeout"
	keyMyDiskFull   key = "why.nospace.me"
	keyDiskFull     key = "why.nospace"
	keyCorrupt      key = "why.corrupt"
	keyChanged      key = "why.changed"
	keyICannotRead  key = "why.unreadable.me"
	keyCannotRead   key = "why.unreadable"
	keyICannotWrite key = "why.unwritable.me"
	keyCannotWrite  key = "why.unwritable"
	keyMyBadName    key = "why.badname.me"
	keyBadName      key = "why.badname"
	keySkipped      key = "why.skipped"
	keyTooLarge     key = "why.too-large"
	keyMyShutdown   key = "why.shutdown.me"
	keyShutdown     key = "why.shutdown"
	keyMyInternal   key = "why.internal.me"
	keyInternal     key = "why.internal"
)
