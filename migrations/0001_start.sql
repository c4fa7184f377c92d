-- One text for both databases. The types are PostgreSQL's; kit/db maps them for SQLite
-- (UUID and BYTEA to BLOB, TIMESTAMPTZ to INTEGER microseconds, JSONB to TEXT, BOOLEAN and BIGINT to INTEGER)
-- and makes every table STRICT. SEQUENCE_KEY is a growing integer primary key on both.

CREATE TABLE users (
    id UUID PRIMARY KEY,
    email TEXT NOT NULL,
    -- Lower-cased and trimmed: what sign-in looks up.
    email_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    password_changed_at TIMESTAMPTZ NOT NULL,
    -- The terminal printed it: its owner chooses another before anything else.
    must_change_password BOOLEAN NOT NULL DEFAULT FALSE,
    -- IANA name; days and "today" are this zone's.
    time_zone TEXT NOT NULL,
    -- Whether single keys do something in the inbox.
    shortcuts BOOLEAN NOT NULL DEFAULT TRUE,
    -- For second thoughts: so long a reply that is sent on a page can be called back.
    undo_seconds BIGINT NOT NULL DEFAULT 5 CHECK (undo_seconds IN (0, 5, 10, 20, 30)),
    is_owner BOOLEAN NOT NULL,
    disabled_at TIMESTAMPTZ,
    demo_mode_status TEXT NOT NULL DEFAULT 'disabled'
        CHECK (demo_mode_status IN ('disabled', 'enabling', 'enabled', 'disabling', 'failed')),
    -- {"operation":"enable"|"disable","code":…,"message":…} while failed, else null.
    demo_mode_error JSONB,
    -- The newest demo operation's job.
    demo_job_id UUID,
    demo_workspace_id UUID,
    -- The profile as the demo service answered it.
    demo_profile JSONB,
    -- What was asked for while demo mode was being left: set up in the commit that ends the leaving.
    demo_next JSONB,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK ((demo_mode_status = 'failed') = (demo_mode_error IS NOT NULL)),
    CHECK (demo_next IS NULL OR demo_mode_status = 'disabling')
);

CREATE TABLE user_sessions (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- SHA-256 of the cookie's value; the value itself is nowhere.
    token_hash BYTEA NOT NULL UNIQUE,
    user_agent TEXT NOT NULL,
    ip TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL,
    -- When the password was last typed in this session.
    authenticated_at TIMESTAMPTZ NOT NULL,
    -- Never later than expires_at.
    idle_expires_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    -- Whose rows this browser sees; passed over where its person is no member any more.
    workspace_id UUID,
    -- While its person is in demo mode, their demo instead.
    follows_demo BOOLEAN NOT NULL
);
CREATE INDEX user_sessions_by_user ON user_sessions (user_id, created_at);
CREATE INDEX user_sessions_by_expiry ON user_sessions (idle_expires_at);

-- Failed sign-ins, counted per account, per address and in all; survives a restart.
CREATE TABLE sign_in_limits (
    key TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    window_started_at TIMESTAMPTZ NOT NULL,
    blocked_until TIMESTAMPTZ
);
CREATE INDEX sign_in_limits_by_age ON sign_in_limits (window_started_at);

-- Browsers that have signed in before: an attack on the account does not lock them out.
CREATE TABLE known_devices (
    token_hash BYTEA PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    last_used_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX known_devices_by_user ON known_devices (user_id, last_used_at);

CREATE TABLE workspaces (
    id UUID PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('live', 'demo')),
    name TEXT NOT NULL,
    -- IANA name, its owner's. Counts are right in any zone; in this one they are kept by the day, too.
    time_zone TEXT NOT NULL,
    -- What editors answer waits for an owner.
    approves_replies BOOLEAN NOT NULL DEFAULT FALSE,
    -- Days of business, Monday the lowest bit, none: every hour counts; and their hours in minutes of that zone's day.
    business_days BIGINT NOT NULL DEFAULT 0,
    business_from BIGINT NOT NULL DEFAULT 540,
    business_until BIGINT NOT NULL DEFAULT 1020,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE memberships (
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('owner', 'editor', 'viewer')),
    created_at TIMESTAMPTZ NOT NULL,
    -- When its person last went to it: where they begin when they sign in.
    chosen_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (workspace_id, user_id)
);
CREATE INDEX memberships_by_user ON memberships (user_id);

-- Set-up of the first account, and invitations: each opens once, and not for long.
CREATE TABLE one_time_links (
    id UUID PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('setup', 'invite', 'member')),
    token_hash BYTEA NOT NULL UNIQUE,
    -- Into which workspace, as what, and who gave it away.
    workspace_id UUID REFERENCES workspaces (id) ON DELETE CASCADE,
    role TEXT CHECK (role IN ('owner', 'editor', 'viewer')),
    made_by UUID REFERENCES users (id) ON DELETE CASCADE,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ,
    CHECK ((kind = 'member') = (workspace_id IS NOT NULL AND role IS NOT NULL AND made_by IS NOT NULL))
);
CREATE INDEX one_time_links_by_workspace ON one_time_links (workspace_id) WHERE workspace_id IS NOT NULL;

CREATE TABLE platform_connections (
    id UUID PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    platform TEXT NOT NULL,
    connection_status TEXT NOT NULL
        CHECK (connection_status IN
            ('disconnected', 'connecting', 'choosing', 'connected', 'needs_reauth', 'failed')),
    -- A cause's code; its text and cure are the product's.
    connection_error TEXT,
    -- Null until the account was read.
    external_id TEXT,
    handle TEXT,
    display_name TEXT,
    avatar_url TEXT,
    -- Null when the platform hides it.
    followers BIGINT,
    content_total BIGINT,
    scopes TEXT NOT NULL,
    -- Encrypted; null when there is none.
    access_token BYTEA,
    refresh_token BYTEA,
    access_expires_at TIMESTAMPTZ,
    refresh_expires_at TIMESTAMPTZ,
    -- The same for all connections that hold a copy of one authorisation.
    grant_id UUID,
    -- Grows with every change of the tokens: the loser of a refresh race writes nothing.
    token_version BIGINT NOT NULL,
    -- What the platform's adapter wants to be given again; nobody else reads it.
    adapter_state JSONB,
    -- The accounts that the authorisation opens, until their person has chosen.
    choices JSONB,
    -- Where the passes are that are under way, written in the commit of what they read.
    walks JSONB,
    -- What the account's people mostly write, as the platform tags it.
    language TEXT,
    synced_at TIMESTAMPTZ,
    -- Everything up to here is known to be in the database.
    complete_to TIMESTAMPTZ,
    -- Start of the last pass that read everything: only such a pass sees what was deleted.
    whole_pass_at TIMESTAMPTZ,
    -- The platform wants to hear nothing of the account before, whatever it would be asked for.
    silent_until TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX platform_connections_account
    ON platform_connections (workspace_id, platform, external_id) WHERE external_id IS NOT NULL;

CREATE INDEX platform_connections_by_workspace ON platform_connections (workspace_id, platform, created_at);

-- What could not be read and was set aside, until a whole pass reads it or does not meet it any more.
CREATE TABLE unreadable_items (
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    connection_id UUID NOT NULL REFERENCES platform_connections (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('content', 'interaction', 'replies', 'interaction_list', 'content_list')),
    external_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    -- The platform's own object, as far as it came.
    raw JSONB,
    first_seen_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (connection_id, kind, external_id)
);

-- What is booked of a platform's day by one credential, over all workspaces: asked, or about to be.
CREATE TABLE credential_use (
    credential TEXT NOT NULL,
    -- When the platform's day began.
    day TIMESTAMPTZ NOT NULL,
    used BIGINT NOT NULL,
    PRIMARY KEY (credential, day)
);

-- As what a workspace is known to a provider, where the installation's own settings name no client.
CREATE TABLE provider_clients (
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    -- Its part of our callback's address.
    provider TEXT NOT NULL,
    client_id TEXT NOT NULL,
    -- Encrypted.
    client_secret BYTEA NOT NULL,
    -- Grows with each change: a check of what was there before says nothing of what is there now.
    version BIGINT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('checking', 'accepted', 'refused', 'redirect_unknown', 'unanswered')),
    saved_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (workspace_id, provider)
);

CREATE TABLE oauth_flows (
    state_hash BYTEA PRIMARY KEY,
    session_id UUID REFERENCES user_sessions (id) ON DELETE CASCADE,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    connection_id UUID NOT NULL REFERENCES platform_connections (id) ON DELETE CASCADE,
    platform TEXT NOT NULL,
    -- PKCE verifier, encrypted.
    verifier BYTEA NOT NULL,
    redirect_uri TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ
);
CREATE INDEX oauth_flows_by_connection ON oauth_flows (connection_id);

CREATE TABLE content_items (
    id UUID PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    connection_id UUID NOT NULL REFERENCES platform_connections (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    external_id TEXT NOT NULL,
    title TEXT,
    permalink TEXT,
    thumbnail_url TEXT,
    published_at TIMESTAMPTZ,
    duration_seconds BIGINT,
    comments_enabled BOOLEAN NOT NULL,
    -- Null when the platform hides the counter.
    views BIGINT,
    likes BIGINT,
    comments BIGINT,
    first_seen_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL,
    -- Not seen by the last whole pass.
    missing_since TIMESTAMPTZ,
    -- Not seen by two in a row: it counts no more.
    removed_at TIMESTAMPTZ,
    UNIQUE (connection_id, external_id)
);
CREATE INDEX content_items_newest ON content_items (workspace_id, published_at);

CREATE TABLE authors (
    id UUID PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    connection_id UUID NOT NULL REFERENCES platform_connections (id) ON DELETE CASCADE,
    -- The platform's id, or "name:" and the shown name where it gives none.
    external_id TEXT NOT NULL,
    display_name TEXT NOT NULL,
    avatar_url TEXT,
    profile_url TEXT,
    is_self BOOLEAN NOT NULL,
    interactions BIGINT NOT NULL,
    first_seen_at TIMESTAMPTZ NOT NULL,
    UNIQUE (connection_id, external_id)
);

CREATE INDEX authors_own ON authors (connection_id) WHERE is_self;

-- Here and below, where many rows are written, a check names each value by itself: SQLite builds a tree for `IN` with every row.
CREATE TABLE interactions (
    id UUID PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    connection_id UUID NOT NULL REFERENCES platform_connections (id) ON DELETE CASCADE,
    content_id UUID REFERENCES content_items (id) ON DELETE SET NULL,
    author_id UUID NOT NULL REFERENCES authors (id) ON DELETE CASCADE,
    platform TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind = 'comment' OR kind = 'reply' OR kind = 'review' OR kind = 'mention'),
    -- Comment and reply share the family "comment": external_id is unique inside it.
    family TEXT NOT NULL,
    external_id TEXT NOT NULL,
    parent_external_id TEXT,
    -- The thread's first interaction's external id (its own, for a thread's root).
    thread_external_id TEXT NOT NULL,
    text TEXT,
    text_hash BYTEA NOT NULL,
    -- The platform's machine's, beside the original: it changes without an edit.
    translation TEXT,
    language TEXT,
    rating BIGINT CHECK (rating BETWEEN 1 AND 5),
    -- What it was when we answered, once it was changed after that.
    rating_at_reply BIGINT CHECK (rating_at_reply BETWEEN 1 AND 5),
    likes BIGINT,
    reply_count BIGINT,
    -- The platform's time, not ours.
    created_at TIMESTAMPTZ NOT NULL,
    edited_at TIMESTAMPTZ,
    provider_state TEXT NOT NULL CHECK (provider_state = 'published' OR provider_state = 'hidden'
        OR provider_state = 'held' OR provider_state = 'spam' OR provider_state = 'rejected'
        OR provider_state = 'removed'),
    -- Why it is not published, as the platform's policy in words.
    state_reason TEXT,
    can_reply BOOLEAN NOT NULL,
    is_own BOOLEAN NOT NULL,
    permalink TEXT,
    -- What follows from the rules and from people's decisions about the thread; can be derived again at will.
    -- needs_reply: a person waits for an answer. answered: an own reply follows it in its thread.
    state TEXT NOT NULL CHECK (state = 'needs_reply' OR state = 'answered' OR state = 'no_reply_needed'
        OR state = 'own' OR state = 'spam' OR state = 'waiting' OR state = 'done' OR state = 'snoozed'
        OR state = 'removed'),
    sentiment TEXT NOT NULL CHECK (sentiment = 'positive' OR sentiment = 'neutral' OR sentiment = 'negative'
        OR sentiment = 'mixed' OR sentiment = 'unknown'),
    sentiment_score DOUBLE PRECISION,
    -- ["question","complaint",…]
    intents JSONB NOT NULL,
    priority_score BIGINT NOT NULL,
    priority TEXT NOT NULL CHECK (priority = 'urgent' OR priority = 'high' OR priority = 'normal' OR priority = 'low'),
    -- [{"reason":"complaint","points":25},…]
    reasons JSONB NOT NULL,
    ruleset BIGINT NOT NULL,
    first_seen_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL,
    missing_since TIMESTAMPTZ,
    raw JSONB NOT NULL,
    UNIQUE (connection_id, family, external_id)
);
CREATE INDEX interactions_newest ON interactions (workspace_id, created_at DESC, id DESC);
CREATE INDEX interactions_first_things_first
    ON interactions (workspace_id, priority_score DESC, created_at DESC, id DESC) WHERE state = 'needs_reply';
CREATE INDEX interactions_by_state ON interactions (workspace_id, state, created_at DESC, id DESC);
-- What few are: of the others any stretch of the list has enough.
CREATE INDEX interactions_pressing ON interactions (workspace_id, priority, created_at DESC, id DESC)
    WHERE priority IN ('urgent', 'high');
CREATE INDEX interactions_by_rating ON interactions (workspace_id, rating, created_at DESC, id DESC) WHERE rating IS NOT NULL;
CREATE INDEX interactions_rated ON interactions (connection_id, rating, provider_state, state, rating_at_reply)
    WHERE rating IS NOT NULL;
CREATE INDEX interactions_rated_anew ON interactions (workspace_id, created_at DESC, id DESC)
    WHERE rating_at_reply IS NOT NULL;
CREATE INDEX interactions_unpublished ON interactions (workspace_id, provider_state, created_at DESC, id DESC)
    WHERE provider_state <> 'published';
CREATE INDEX interactions_by_thread ON interactions (connection_id, thread_external_id);
CREATE INDEX interactions_by_author ON interactions (author_id);
-- Finds the same text by several people: a wave of spam.
CREATE INDEX interactions_by_text ON interactions (connection_id, text_hash);
CREATE INDEX interactions_by_content ON interactions (content_id, created_at DESC);

-- What was said on a platform, and what was said to it: the interactions with its thread_external_id.
CREATE TABLE threads (
    id UUID PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    connection_id UUID NOT NULL REFERENCES platform_connections (id) ON DELETE CASCADE,
    external_id TEXT NOT NULL,
    -- What follows from its interactions and from its decision; can be derived again at will.
    state TEXT NOT NULL CHECK (state = 'needs_reply' OR state = 'waiting' OR state = 'done' OR state = 'snoozed'
        OR state = 'spam' OR state = 'no_reply_needed' OR state = 'removed'),
    state_by TEXT NOT NULL CHECK (state_by = 'rules' OR state_by = 'person' OR state_by = 'platform'),
    -- Grows with all that other people write or edit in it.
    news BIGINT NOT NULL,
    first_seen_at TIMESTAMPTZ NOT NULL,
    UNIQUE (connection_id, external_id)
);
CREATE INDEX threads_by_workspace ON threads (workspace_id);

-- What people decided. Reading a platform never writes here. No user is referred to: a workspace's rows stand by themselves.
CREATE TABLE thread_decisions (
    thread_id UUID PRIMARY KEY REFERENCES threads (id) ON DELETE CASCADE,
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state = 'needs_reply' OR state = 'waiting' OR state = 'done' OR state = 'snoozed'
        OR state = 'spam' OR state = 'no_reply_needed' OR state = 'removed'),
    snoozed_until TIMESTAMPTZ,
    -- The thread's news when it was decided: it holds while they are the same.
    at_news BIGINT NOT NULL,
    decided_by UUID NOT NULL,
    decided_at TIMESTAMPTZ NOT NULL,
    -- So many words hold again, one after the other, as each is taken back; 0: then the rules alone say where it stands.
    stands_on BIGINT NOT NULL,
    CHECK ((state = 'snoozed') = (snoozed_until IS NOT NULL))
);
CREATE INDEX thread_decisions_by_time ON thread_decisions (workspace_id, decided_at);
CREATE INDEX thread_decisions_snoozed ON thread_decisions (workspace_id, snoozed_until) WHERE snoozed_until IS NOT NULL;

-- What held before a decision, and before that, the oldest at place 0, while somebody may take back what stands above.
-- Those beyond stands_on are left over.
CREATE TABLE overruled_decisions (
    thread_id UUID NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    place BIGINT NOT NULL,
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state = 'needs_reply' OR state = 'waiting' OR state = 'done' OR state = 'snoozed'
        OR state = 'spam' OR state = 'no_reply_needed' OR state = 'removed'),
    snoozed_until TIMESTAMPTZ,
    decided_by UUID NOT NULL,
    decided_at TIMESTAMPTZ NOT NULL,
    overruled_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (thread_id, place)
);
CREATE INDEX overruled_decisions_by_age ON overruled_decisions (overruled_at);

CREATE TABLE thread_assignments (
    thread_id UUID PRIMARY KEY REFERENCES threads (id) ON DELETE CASCADE,
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    assigned_to UUID NOT NULL,
    assigned_by UUID NOT NULL,
    assigned_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX thread_assignments_by_person ON thread_assignments (workspace_id, assigned_to);

-- The workspace's tags, as they were first written.
CREATE TABLE tags (
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    -- Composed and in small letters: the same for all ways to write it.
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (workspace_id, key)
);

CREATE TABLE thread_tags (
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    -- The tag's key.
    tag TEXT NOT NULL,
    thread_id UUID NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    tagged_by UUID NOT NULL,
    tagged_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (workspace_id, tag, thread_id)
);
CREATE INDEX thread_tags_by_thread ON thread_tags (thread_id);

-- Each member's own.
CREATE TABLE thread_stars (
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    user_id UUID NOT NULL,
    thread_id UUID NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    starred_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (workspace_id, user_id, thread_id)
);
CREATE INDEX thread_stars_by_thread ON thread_stars (thread_id);

-- Who starred, tagged or assigned some threads at once, and which of them it changed: kept for a day, to be taken back.
CREATE TABLE mark_acts (
    id UUID PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    done_by UUID NOT NULL,
    done_at TIMESTAMPTZ NOT NULL,
    mark TEXT NOT NULL CHECK (mark IN ('star', 'unstar', 'tag', 'untag', 'assign', 'unassign')),
    tag TEXT,
    assignee UUID,
    matched BIGINT NOT NULL,
    changed BIGINT NOT NULL
);
CREATE INDEX mark_acts_by_age ON mark_acts (done_at);
CREATE INDEX mark_acts_by_workspace ON mark_acts (workspace_id);

CREATE TABLE mark_changes (
    act_id UUID NOT NULL REFERENCES mark_acts (id) ON DELETE CASCADE,
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    thread_id UUID NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    assigned_before UUID,
    PRIMARY KEY (act_id, thread_id)
);
CREATE INDEX mark_changes_by_thread ON mark_changes (thread_id);
CREATE INDEX mark_changes_by_workspace ON mark_changes (workspace_id);

CREATE TABLE thread_notes (
    id UUID PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    thread_id UUID NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    -- Whom it is about, if it is to be read beside all that they write.
    author_id UUID REFERENCES authors (id) ON DELETE SET NULL,
    text TEXT NOT NULL,
    written_by UUID NOT NULL,
    written_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX thread_notes_by_thread ON thread_notes (thread_id, written_at);
CREATE INDEX thread_notes_by_author ON thread_notes (author_id) WHERE author_id IS NOT NULL;
CREATE INDEX thread_notes_by_workspace ON thread_notes (workspace_id);

-- What somebody has typed of a note so far.
CREATE TABLE note_drafts (
    thread_id UUID NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    user_id UUID NOT NULL,
    text TEXT NOT NULL,
    -- As of drafts of replies.
    form TEXT,
    PRIMARY KEY (thread_id, user_id)
);
CREATE INDEX note_drafts_by_workspace ON note_drafts (workspace_id);

-- What people answer, and what became of it at the platform. Committed before the platform is asked.
CREATE TABLE replies (
    id UUID PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    connection_id UUID NOT NULL REFERENCES platform_connections (id) ON DELETE CASCADE,
    -- What is answered.
    interaction_id UUID NOT NULL REFERENCES interactions (id) ON DELETE CASCADE,
    -- No user is referred to: a workspace's rows stand by themselves.
    author_id UUID NOT NULL,
    text TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'awaiting_approval', 'sent_back', 'queued', 'sending', 'unknown', 'published', 'pending_moderation',
        'rejected', 'failed', 'cancelled', 'deleted')),
    -- Chosen by whoever sends: the same key is the same reply.
    idempotency_key TEXT,
    -- The platform's id of the comment that it became.
    external_id TEXT,
    -- Grows with every move: what moves a reply compares it.
    moves BIGINT NOT NULL,
    -- How often the platform was asked to create it.
    attempts BIGINT NOT NULL,
    -- Not sent before.
    due_at TIMESTAMPTZ NOT NULL,
    -- When the last attempt began.
    sending_at TIMESTAMPTZ,
    -- Since when it may be at the platform without our knowing.
    doubtful_since TIMESTAMPTZ,
    -- How often it was looked for, and not found, since the last attempt.
    looks BIGINT NOT NULL,
    -- Unknown, and no next look: a person decides.
    next_look_at TIMESTAMPTZ,
    error_code TEXT,
    -- In the platform's words, where it has some.
    error_message TEXT,
    -- Which owner has approved it, or sent it back, and what they said to it.
    reviewed_by UUID,
    review_note TEXT,
    -- What its author wrote, where an owner let other words go out.
    submitted_text TEXT,
    -- When its words were last changed at the platform.
    edited_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    UNIQUE (workspace_id, author_id, idempotency_key),
    UNIQUE (connection_id, external_id)
);
-- One answer to an item is under way at a time.
CREATE UNIQUE INDEX replies_under_way ON replies (interaction_id)
    WHERE state IN ('awaiting_approval', 'queued', 'sending', 'unknown', 'pending_moderation');
CREATE INDEX replies_by_interaction ON replies (interaction_id, created_at);
CREATE INDEX replies_in_moderation ON replies (connection_id) WHERE state = 'pending_moderation';
CREATE INDEX replies_awaiting_approval ON replies (workspace_id, created_at) WHERE state = 'awaiting_approval';
CREATE INDEX replies_to_check ON replies (workspace_id, created_at)
    WHERE state IN ('failed', 'rejected', 'sent_back', 'unknown');
CREATE INDEX replies_by_workspace ON replies (workspace_id, created_at DESC);

-- What is asked of a platform for comments that are there: other words for an own one, that one is hidden, rejected, taken
-- away. One row for each comment; what is asked in one go has one order.
CREATE TABLE moderation_acts (
    id UUID PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    connection_id UUID NOT NULL REFERENCES platform_connections (id) ON DELETE CASCADE,
    interaction_id UUID NOT NULL REFERENCES interactions (id) ON DELETE CASCADE,
    -- Among the acts on the same comment, whatever clocks say.
    place BIGINT NOT NULL,
    order_id UUID NOT NULL,
    -- No user is referred to: a workspace's rows stand by themselves.
    ordered_by UUID NOT NULL,
    verb TEXT NOT NULL CHECK (verb IN ('edit', 'delete', 'hide', 'publish', 'reject', 'ban', 'report_spam')),
    -- The new words.
    text TEXT,
    state TEXT NOT NULL CHECK (state IN ('queued', 'asking', 'unknown', 'done', 'failed', 'cancelled', 'skipped')),
    -- Grows with every move: what moves an act compares it.
    moves BIGINT NOT NULL,
    -- How often the platform was asked.
    attempts BIGINT NOT NULL,
    -- For how many comments it was asked in the last call.
    company BIGINT NOT NULL,
    -- When whoever ordered it saw the comment: what others did with it since is not what they meant. Null: it is done all the same.
    seen_at TIMESTAMPTZ,
    -- The platform may have done it, for all that was read back since.
    may_be_done BOOLEAN NOT NULL,
    -- Not asked, or looked for, before.
    due_at TIMESTAMPTZ NOT NULL,
    error_code TEXT,
    -- In the platform's words, where it has some.
    error_message TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
-- One at a time for each comment.
CREATE UNIQUE INDEX moderation_acts_under_way ON moderation_acts (interaction_id)
    WHERE state IN ('queued', 'asking', 'unknown');
CREATE INDEX moderation_acts_by_interaction ON moderation_acts (interaction_id, place);
CREATE INDEX moderation_acts_by_order ON moderation_acts (order_id);
CREATE INDEX moderation_acts_by_workspace ON moderation_acts (workspace_id);
CREATE INDEX moderation_acts_by_connection ON moderation_acts (connection_id, updated_at);

-- What somebody was asked before it is done at a platform. With a yes it becomes the order of the same id, once.
CREATE TABLE moderation_questions (
    id UUID PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    -- No user is referred to: a workspace's rows stand by themselves.
    asked_of UUID NOT NULL,
    verb TEXT NOT NULL CHECK (verb IN ('edit', 'delete', 'hide', 'publish', 'reject', 'ban', 'report_spam')),
    platform TEXT NOT NULL,
    -- The ids of the comments that are meant, as JSON.
    comments TEXT NOT NULL,
    -- Why how many of those that were chosen are not meant: {"already":3,…}
    left_out TEXT NOT NULL,
    -- The comment that was open, to which one goes back.
    open_id UUID,
    asked_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX moderation_questions_by_workspace ON moderation_questions (workspace_id);
CREATE INDEX moderation_questions_by_age ON moderation_questions (asked_at);

-- What a team answers often: text with places for what is known of the comment that is answered.
CREATE TABLE saved_replies (
    id UUID PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- Composed and in small letters: the same for all ways to write it.
    name_key TEXT NOT NULL,
    text TEXT NOT NULL,
    written_by UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    UNIQUE (workspace_id, name_key)
);

-- Filters of the inbox that have a name.
CREATE TABLE saved_views (
    id UUID PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    -- Whose own it is; null: the workspace's.
    owner_id UUID,
    name TEXT NOT NULL,
    -- Composed and in small letters: the same for all ways to write it.
    name_key TEXT NOT NULL,
    -- As an address says it.
    filter TEXT NOT NULL,
    -- Its place among the owner's.
    place BIGINT NOT NULL,
    saved_by UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX saved_views_by_workspace ON saved_views (workspace_id, place);
CREATE UNIQUE INDEX saved_views_of_workspaces ON saved_views (workspace_id, name_key) WHERE owner_id IS NULL;
CREATE UNIQUE INDEX saved_views_of_members ON saved_views (workspace_id, owner_id, name_key) WHERE owner_id IS NOT NULL;

-- Which one a member's inbox opens with.
CREATE TABLE default_views (
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    user_id UUID NOT NULL,
    view_id UUID NOT NULL REFERENCES saved_views (id) ON DELETE CASCADE,
    PRIMARY KEY (workspace_id, user_id)
);
CREATE INDEX default_views_by_view ON default_views (view_id);

-- Members who have had enough of a demo's tour, or all of it.
CREATE TABLE ended_tours (
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    user_id UUID NOT NULL,
    ended_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (workspace_id, user_id)
);

-- What members are writing, each for themselves, until it is sent.
CREATE TABLE reply_drafts (
    interaction_id UUID NOT NULL REFERENCES interactions (id) ON DELETE CASCADE,
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    user_id UUID NOT NULL,
    text TEXT NOT NULL,
    -- The form that wrote it last: what another one keeps is told of it.
    form TEXT,
    updated_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (interaction_id, user_id)
);
CREATE INDEX reply_drafts_by_workspace ON reply_drafts (workspace_id);

-- A derived fact that a person set right: it holds whatever is derived later.
CREATE TABLE interaction_corrections (
    interaction_id UUID NOT NULL REFERENCES interactions (id) ON DELETE CASCADE,
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    fact TEXT NOT NULL CHECK (fact IN ('language', 'sentiment', 'spam', 'reply')),
    -- A language by its code, or 'other'; a sentiment; yes or no.
    value TEXT NOT NULL,
    -- What the rules alone make of the text as it now is.
    derived TEXT NOT NULL,
    corrected_by UUID NOT NULL,
    corrected_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (interaction_id, fact)
);
CREATE INDEX interaction_corrections_by_time ON interaction_corrections (workspace_id, corrected_at);

-- What an edit replaced.
CREATE TABLE interaction_versions (
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    interaction_id UUID NOT NULL REFERENCES interactions (id) ON DELETE CASCADE,
    replaced_at TIMESTAMPTZ NOT NULL,
    text TEXT,
    rating BIGINT,
    PRIMARY KEY (interaction_id, replaced_at)
);
CREATE INDEX interaction_versions_by_workspace ON interaction_versions (workspace_id);

-- The words of interactions. Made of them, and made anew at will: copies between databases leave it out.
-- only sqlite
CREATE TABLE search_documents (
    -- Grows with the interaction's time: an index is read from its newest end.
    place BIGINT PRIMARY KEY,
    interaction_id UUID NOT NULL UNIQUE REFERENCES interactions (id) ON DELETE CASCADE,
    workspace_id UUID NOT NULL
);
CREATE VIRTUAL TABLE search_words USING fts5(words, content='', contentless_delete=1, tokenize='ascii');
-- Its words, for whoever knows how one begins.
CREATE VIRTUAL TABLE search_words_terms USING fts5vocab(search_words, instance);
CREATE TRIGGER search_words_go_with_their_document AFTER DELETE ON search_documents
BEGIN DELETE FROM search_words WHERE rowid = OLD.place; END;
-- only postgres
CREATE TABLE search_documents (
    interaction_id UUID PRIMARY KEY REFERENCES interactions (id) ON DELETE CASCADE,
    workspace_id UUID NOT NULL,
    words TSVECTOR NOT NULL
);
-- Each search reads what waits to be put into the index, so little may wait.
CREATE INDEX search_documents_words ON search_documents USING gin (words) WITH (gin_pending_list_limit = 512);
-- both

-- One row: by which version of the tokenizer all of it was made.
CREATE TABLE search_version (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    version BIGINT NOT NULL
);

-- Rollups: kept in the transaction that changes an interaction, so that no page counts interactions.
-- By quarters of an hour, of which every zone's days are made; only what other people wrote, everybody sees and is not set aside
-- (is_own = false, provider_state = 'published', state neither 'spam' nor 'removed').
CREATE TABLE interaction_quarters (
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    -- Quarters of an hour since 1970, UTC.
    quarter BIGINT NOT NULL,
    -- By kind …
    comments BIGINT NOT NULL,
    replies BIGINT NOT NULL,
    reviews BIGINT NOT NULL,
    mentions BIGINT NOT NULL,
    -- … and the same interactions by sentiment.
    positive BIGINT NOT NULL,
    neutral BIGINT NOT NULL,
    negative BIGINT NOT NULL,
    mixed BIGINT NOT NULL,
    unknown BIGINT NOT NULL,
    -- Those that asked for an answer or got one, and those that got one.
    asked BIGINT NOT NULL DEFAULT 0,
    answered BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (workspace_id, quarter)
);

-- The same, summed by the days of one zone, so that a month of charts is thirty rows.
CREATE TABLE interaction_days (
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    day TEXT NOT NULL,
    comments BIGINT NOT NULL,
    replies BIGINT NOT NULL,
    reviews BIGINT NOT NULL,
    mentions BIGINT NOT NULL,
    positive BIGINT NOT NULL,
    neutral BIGINT NOT NULL,
    negative BIGINT NOT NULL,
    mixed BIGINT NOT NULL,
    unknown BIGINT NOT NULL,
    asked BIGINT NOT NULL DEFAULT 0,
    answered BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (workspace_id, day)
);

-- Whose days those are. A workspace that moved to another zone is counted anew when something is next counted in it.
CREATE TABLE interaction_day_zones (
    workspace_id UUID PRIMARY KEY REFERENCES workspaces (id) ON DELETE CASCADE,
    time_zone TEXT NOT NULL
);

-- Every interaction, own and unpublished ones too.
CREATE TABLE interaction_totals (
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    connection_id UUID NOT NULL REFERENCES platform_connections (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    priority TEXT NOT NULL,
    total BIGINT NOT NULL,
    -- State first: a page asks for those who wait, over all connections.
    PRIMARY KEY (workspace_id, state, priority, connection_id)
);

CREATE TABLE metric_snapshots (
    id UUID PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    connection_id UUID NOT NULL REFERENCES platform_connections (id) ON DELETE CASCADE,
    -- 'connection' or 'content', and its id.
    subject TEXT NOT NULL,
    subject_id UUID NOT NULL,
    metric TEXT NOT NULL,
    -- The day of taken_at, UTC: one row a day, the last reading wins.
    day TEXT NOT NULL,
    taken_at TIMESTAMPTZ NOT NULL,
    value BIGINT NOT NULL,
    UNIQUE (subject_id, metric, day)
);
CREATE INDEX metric_snapshots_by_metric ON metric_snapshots (workspace_id, subject, metric, day);

-- What happened in a workspace, written in the commit in which it happened.
CREATE TABLE events (
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    -- From 1, without gaps, in the order of commits.
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    -- The id of what it happened to.
    object UUID NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (workspace_id, seq)
);
CREATE INDEX events_by_age ON events (at);

-- The last number of each workspace's events; outlives the events.
CREATE TABLE event_heads (
    workspace_id UUID PRIMARY KEY REFERENCES workspaces (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL
);

CREATE TABLE webhook_deliveries (
    -- The sender's "webhook-id".
    id TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    workspace_id UUID REFERENCES workspaces (id) ON DELETE CASCADE,
    event_type TEXT NOT NULL,
    payload JSONB NOT NULL,
    job_id UUID,
    received_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (received_at);
CREATE INDEX webhook_deliveries_by_workspace ON webhook_deliveries (workspace_id);

-- Keys by which programs act for a person. A key that is revoked is no row any more.
CREATE TABLE api_keys (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- Where it works, by its maker's role there.
    workspace_id UUID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- SHA-256 of the key; the key itself is nowhere.
    token_hash BYTEA NOT NULL UNIQUE,
    -- Its first characters, by which a person knows it again.
    hint TEXT NOT NULL,
    -- Words divided by spaces: "read demo".
    scopes TEXT NOT NULL,
    -- Works in the demo workspace while demo mode is on; else always in its own.
    follows_demo BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    -- Null: until it is revoked.
    expires_at TIMESTAMPTZ,
    last_used_at TIMESTAMPTZ
);
CREATE INDEX api_keys_by_user ON api_keys (user_id, created_at);
CREATE INDEX api_keys_by_workspace ON api_keys (workspace_id);

-- Calls of the API that came with an Idempotency-Key, and how they were answered. Written in the transaction of their effect.
CREATE TABLE idempotency_keys (
    -- SHA-256 over the user, the operation's address and the key, and the workspace that it was done in.
    id BYTEA PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- SHA-256 of the body that it came with.
    body_hash BYTEA NOT NULL,
    status BIGINT NOT NULL,
    -- Sealed: an answer may hold the address of a consent page.
    answer BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- Who did what, in an order that cannot be changed unnoticed: each row's code covers the row before it.
CREATE TABLE audit_events (
    -- From 1, without gaps.
    seq BIGINT PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL,
    -- OWASP's vocabulary: authn_login_success, authn_login_fail, user_created, …
    event TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('ok', 'failed')),
    -- A user's id, "terminal", or empty where nobody is known. No reference: it outlives the user.
    actor TEXT NOT NULL,
    object TEXT NOT NULL,
    address TEXT NOT NULL,
    -- HMAC-SHA-256, under a key from the key file, of the code before and of this row.
    code BYTEA NOT NULL
);
CREATE INDEX audit_events_by_event ON audit_events (event, at);
CREATE INDEX audit_events_by_actor ON audit_events (actor, seq);

-- One row: what the log's end must be, so that a tail that was cut off is missed.
CREATE TABLE audit_head (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    last_seq BIGINT NOT NULL,
    code BYTEA NOT NULL
);

-- only sqlite
CREATE TRIGGER audit_events_stay_as_they_are BEFORE UPDATE ON audit_events
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_events_stay BEFORE DELETE ON audit_events
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- only postgres
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$;
CREATE TRIGGER audit_events_stay BEFORE UPDATE OR DELETE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
-- both

-- What `repruv import-legacy` has brought over from the system that Repruv replaces, and how far it is.

CREATE TABLE legacy_imports (
    -- HOST:PORT/DATABASE of the former system.
    source TEXT PRIMARY KEY,
    -- Where an interrupted run goes on; null once a run has come to its end.
    position JSONB,
    -- What was read, written and skipped, and why.
    report JSONB NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ
);

-- Who was brought over already, whatever has become of them since: a second run brings nobody twice.
CREATE TABLE legacy_rows (
    source TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('user', 'connection')),
    legacy_id TEXT NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (source, kind, legacy_id)
);
