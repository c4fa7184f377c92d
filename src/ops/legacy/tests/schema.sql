-- The former system's tables, as the migrations of its newest version make them. Where a column may not be null and the
-- tests have nothing to say of it, it has a default.

CREATE TYPE account_type_enum AS ENUM ('creator', 'business', 'agency');
CREATE TYPE approval_status_enum AS ENUM ('pending', 'approved', 'rejected');

CREATE TABLE organizations (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(), name VARCHAR(255) NOT NULL DEFAULT '', type VARCHAR(50) NOT
    NULL DEFAULT '', settings JSONB NOT NULL DEFAULT '{}', subscription_tier VARCHAR(50), subscription_status
    VARCHAR(50), trial_ends_at TIMESTAMPTZ, billing_email VARCHAR(255), stripe_customer_id VARCHAR(255),
    stripe_subscription_id VARCHAR(255), created_at TIMESTAMPTZ NOT NULL DEFAULT '2025-01-01Z', updated_at
    TIMESTAMPTZ NOT NULL DEFAULT '2025-01-01Z'
);

CREATE TABLE users (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(), email VARCHAR(255) NOT NULL DEFAULT '' UNIQUE, full_name
    VARCHAR(255), auth_id VARCHAR(255), hashed_password VARCHAR(255), last_login_at TIMESTAMPTZ, is_active
    BOOLEAN NOT NULL DEFAULT TRUE, created_at TIMESTAMPTZ NOT NULL DEFAULT '2025-01-01Z', updated_at
    TIMESTAMPTZ NOT NULL DEFAULT '2025-01-01Z', access_status VARCHAR(20) NOT NULL DEFAULT 'full',
    joined_waiting_list_at TIMESTAMPTZ, early_access_granted_at TIMESTAMPTZ, demo_requested BOOLEAN NOT NULL
    DEFAULT FALSE, demo_requested_at TIMESTAMPTZ, is_admin BOOLEAN NOT NULL DEFAULT FALSE, phone VARCHAR(50),
    company_name VARCHAR(255), industry VARCHAR(100), has_account BOOLEAN NOT NULL DEFAULT FALSE,
    demo_scheduled_at TIMESTAMPTZ, demo_completed BOOLEAN NOT NULL DEFAULT FALSE, demo_completed_at
    TIMESTAMPTZ, company_size VARCHAR(50), current_solution VARCHAR(255), demo_prep_notes TEXT,
    follow_up_reminders TEXT, user_qualification_notes TEXT, user_kind VARCHAR(20) NOT NULL DEFAULT '',
    organization_id UUID REFERENCES organizations, marketing_opt_in BOOLEAN NOT NULL DEFAULT FALSE,
    marketing_opt_in_at TIMESTAMPTZ, marketing_unsubscribed_at TIMESTAMPTZ, marketing_bounced_at TIMESTAMPTZ,
    marketing_last_event VARCHAR(32), marketing_last_event_at TIMESTAMPTZ, countdown_t14_sent_at TIMESTAMPTZ,
    countdown_t7_sent_at TIMESTAMPTZ, countdown_t1_sent_at TIMESTAMPTZ, launch_sent_at TIMESTAMPTZ,
    trial_start_date TIMESTAMPTZ, trial_end_date TIMESTAMPTZ, trial_notified_7d BOOLEAN NOT NULL DEFAULT
    FALSE, trial_notified_3d BOOLEAN NOT NULL DEFAULT FALSE, trial_notified_1d BOOLEAN NOT NULL DEFAULT FALSE,
    subscription_status VARCHAR(20) NOT NULL DEFAULT '', demo_mode BOOLEAN NOT NULL DEFAULT FALSE,
    demo_mode_enabled_at TIMESTAMPTZ, account_type account_type_enum, approval_status approval_status_enum NOT
    NULL DEFAULT 'approved', application_submitted_at TIMESTAMPTZ, approved_at TIMESTAMPTZ, approved_by UUID,
    rejected_at TIMESTAMPTZ, rejected_by UUID, rejection_reason TEXT, demo_mode_status VARCHAR(20),
    demo_mode_error TEXT, demo_profile_id VARCHAR(255), demo_mode_disabled_at TIMESTAMPTZ, agency_id UUID,
    currency_preference VARCHAR(3) NOT NULL DEFAULT '', archive_inactive_days INTEGER, archive_delete_days
    INTEGER, subscription_tier VARCHAR(20) NOT NULL DEFAULT '', has_payment_method BOOLEAN NOT NULL DEFAULT
    FALSE
);

CREATE TABLE locations (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(), organization_id UUID NOT NULL REFERENCES organizations,
    name VARCHAR(255) NOT NULL DEFAULT '', address TEXT, google_place_id VARCHAR(255) UNIQUE, timezone
    VARCHAR(50), settings JSONB NOT NULL DEFAULT '{}', is_active BOOLEAN NOT NULL DEFAULT TRUE,
    brand_voice_data JSONB NOT NULL DEFAULT '{}', business_info JSONB NOT NULL DEFAULT '{}', created_at
    TIMESTAMPTZ NOT NULL DEFAULT '2025-01-01Z', updated_at TIMESTAMPTZ NOT NULL DEFAULT '2025-01-01Z', kind
    VARCHAR(50) NOT NULL DEFAULT ''
);

CREATE TABLE platform_connections (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(), location_id UUID NOT NULL REFERENCES locations, platform
    VARCHAR(50) NOT NULL DEFAULT '', access_token TEXT, refresh_token TEXT, token_expires_at TIMESTAMPTZ,
    account_info JSONB NOT NULL DEFAULT '{}', is_active BOOLEAN NOT NULL DEFAULT FALSE, last_sync_at
    TIMESTAMPTZ, created_at TIMESTAMPTZ NOT NULL DEFAULT '2025-01-01Z', updated_at TIMESTAMPTZ NOT NULL
    DEFAULT '2025-01-01Z', connection_status VARCHAR(20) NOT NULL DEFAULT '', connection_error TEXT,
    oauth_state VARCHAR(255), last_token_refresh_at TIMESTAMPTZ, next_token_refresh_at TIMESTAMPTZ, UNIQUE
    (location_id, platform)
);

CREATE TABLE youtube_connections (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(), user_id UUID NOT NULL REFERENCES users, channel_id VARCHAR,
    channel_name VARCHAR, access_token TEXT, refresh_token TEXT, token_expires_at TIMESTAMPTZ,
    connection_status VARCHAR NOT NULL DEFAULT '', created_at TIMESTAMPTZ NOT NULL DEFAULT '2025-01-01Z',
    last_synced_at TIMESTAMPTZ, updated_at TIMESTAMPTZ NOT NULL DEFAULT '2025-01-01Z', subscriber_count
    INTEGER, total_views BIGINT, video_count INTEGER, average_views_per_video INTEGER, engagement_rate
    NUMERIC, subscriber_growth_30d INTEGER, views_growth_30d INTEGER, last_metrics_update TIMESTAMPTZ
);

CREATE TABLE youtube_videos (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(), channel_id UUID NOT NULL REFERENCES youtube_connections,
    video_id VARCHAR NOT NULL UNIQUE, title TEXT, description TEXT, thumbnail_url TEXT, published_at
    TIMESTAMPTZ, view_count BIGINT, like_count BIGINT, comment_count BIGINT, duration VARCHAR, last_fetched_at
    TIMESTAMPTZ NOT NULL DEFAULT '2025-01-01Z', created_at TIMESTAMPTZ NOT NULL DEFAULT '2025-01-01Z',
    updated_at TIMESTAMPTZ NOT NULL DEFAULT '2025-01-01Z', tags VARCHAR[] NOT NULL DEFAULT '{}', category_id
    VARCHAR, video_tags VARCHAR[], default_audio_language VARCHAR, default_language VARCHAR, impressions
    INTEGER, click_through_rate NUMERIC, average_view_duration INTEGER, average_view_percentage NUMERIC,
    watch_time_minutes INTEGER, subscribers_gained INTEGER, subscribers_lost INTEGER, engagement_rate NUMERIC,
    shares_count INTEGER, traffic_sources JSONB, device_types JSONB, audience_demographics JSONB,
    performance_score NUMERIC, percentile_rank INTEGER, is_trending BOOLEAN NOT NULL DEFAULT FALSE
);

CREATE TABLE youtube_comments (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(), video_id UUID NOT NULL REFERENCES youtube_videos,
    comment_id VARCHAR NOT NULL UNIQUE, author_name VARCHAR, author_channel_id VARCHAR, content TEXT,
    published_at TIMESTAMPTZ, like_count INTEGER, reply_count INTEGER, parent_comment_id VARCHAR,
    is_channel_owner_comment BOOLEAN NOT NULL DEFAULT FALSE, created_at TIMESTAMPTZ NOT NULL DEFAULT
    '2025-01-01Z', updated_at TIMESTAMPTZ NOT NULL DEFAULT '2025-01-01Z', hearted_by_owner BOOLEAN NOT NULL
    DEFAULT FALSE, liked_by_owner BOOLEAN NOT NULL DEFAULT FALSE, sentiment VARCHAR(16), priority_score
    INTEGER NOT NULL DEFAULT 0, categories VARCHAR[], detected_keywords VARCHAR[], language VARCHAR(10),
    status VARCHAR(20) NOT NULL DEFAULT 'unread', tags VARCHAR[], assigned_to_user_id UUID, internal_notes
    TEXT, workflow_id UUID, workflow_action VARCHAR(50), replied_at TIMESTAMPTZ, response_text TEXT
);

CREATE TABLE instagram_connections (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(), user_id UUID NOT NULL REFERENCES users, instagram_user_id
    VARCHAR NOT NULL, username VARCHAR NOT NULL DEFAULT '', account_type VARCHAR, profile_picture_url TEXT,
    bio TEXT, follower_count INTEGER, following_count INTEGER, media_count INTEGER, access_token TEXT,
    token_expires_at TIMESTAMPTZ, connection_status VARCHAR NOT NULL DEFAULT '', last_synced_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT '2025-01-01Z', updated_at TIMESTAMPTZ NOT NULL DEFAULT
    '2025-01-01Z'
);

CREATE TABLE instagram_media (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(), connection_id UUID NOT NULL REFERENCES
    instagram_connections, media_id VARCHAR NOT NULL UNIQUE, media_type VARCHAR NOT NULL DEFAULT '', caption
    TEXT, media_url TEXT, thumbnail_url TEXT, permalink TEXT, timestamp TIMESTAMPTZ, like_count INTEGER,
    comment_count INTEGER, save_count INTEGER, share_count INTEGER, play_count INTEGER, reach INTEGER,
    impressions INTEGER, engagement_rate NUMERIC, hashtags VARCHAR[] NOT NULL DEFAULT '{}', is_story BOOLEAN
    NOT NULL DEFAULT FALSE, story_expires_at TIMESTAMPTZ, last_fetched_at TIMESTAMPTZ NOT NULL DEFAULT
    '2025-01-01Z', created_at TIMESTAMPTZ NOT NULL DEFAULT '2025-01-01Z', updated_at TIMESTAMPTZ NOT NULL
    DEFAULT '2025-01-01Z'
);

CREATE TABLE instagram_comments (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(), media_id UUID NOT NULL REFERENCES instagram_media,
    comment_id VARCHAR NOT NULL UNIQUE, username VARCHAR, user_id VARCHAR, text TEXT, timestamp TIMESTAMPTZ,
    like_count INTEGER, parent_comment_id VARCHAR, is_hidden BOOLEAN NOT NULL DEFAULT FALSE, sentiment
    VARCHAR(16), priority_score INTEGER NOT NULL DEFAULT 0, categories VARCHAR[], detected_keywords VARCHAR[],
    language VARCHAR(10), status VARCHAR(20) NOT NULL DEFAULT 'unread', tags VARCHAR[], assigned_to_user_id
    UUID, internal_notes TEXT, workflow_id UUID, workflow_action VARCHAR(50), replied_at TIMESTAMPTZ,
    response_text TEXT, created_at TIMESTAMPTZ NOT NULL DEFAULT '2025-01-01Z', updated_at TIMESTAMPTZ NOT NULL
    DEFAULT '2025-01-01Z'
);

CREATE TABLE interactions (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(), platform VARCHAR(32) NOT NULL DEFAULT '', type VARCHAR(16),
    platform_id VARCHAR(255) UNIQUE, content TEXT, media_urls TEXT[], author_name VARCHAR(255),
    author_username VARCHAR(255), author_profile_url TEXT, author_avatar_url TEXT, author_follower_count
    INTEGER, author_is_verified BOOLEAN, parent_content_id VARCHAR(255), parent_content_title TEXT,
    parent_content_url TEXT, is_reply BOOLEAN, reply_to_id UUID, sentiment VARCHAR(16), priority_score
    INTEGER, categories VARCHAR[], detected_keywords VARCHAR[], language VARCHAR(10), thread_id UUID, fan_id
    UUID, triggered_workflows UUID[], applied_actions JSONB, tags VARCHAR[], status VARCHAR(20),
    assigned_to_user_id UUID, internal_notes TEXT, like_count INTEGER, reply_count INTEGER,
    platform_created_at TIMESTAMP, created_at TIMESTAMP, updated_at TIMESTAMP, read_at TIMESTAMP, replied_at
    TIMESTAMP, user_id UUID NOT NULL REFERENCES users, organization_id UUID, pending_response JSONB,
    responded_at TIMESTAMP, workflow_id UUID, workflow_action VARCHAR(50), is_demo BOOLEAN,
    parent_content_thumbnail_url TEXT, parent_content_view_count INTEGER, conversation_history JSONB,
    last_activity_at TIMESTAMPTZ, archived_at TIMESTAMPTZ, archive_source VARCHAR(20),
    processed_by_workflow_id UUID, processed_at TIMESTAMPTZ
);

CREATE TABLE sent_responses (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(), interaction_id UUID NOT NULL REFERENCES interactions,
    response_text TEXT NOT NULL DEFAULT '', response_type VARCHAR(20) NOT NULL DEFAULT '', ai_model
    VARCHAR(50), ai_confidence DOUBLE PRECISION, was_edited BOOLEAN, original_ai_text TEXT, workflow_id UUID,
    platform_response_id VARCHAR(255), platform_error TEXT, sent_at TIMESTAMPTZ NOT NULL DEFAULT
    '2025-01-01Z', created_at TIMESTAMPTZ NOT NULL DEFAULT '2025-01-01Z', updated_at TIMESTAMPTZ NOT NULL
    DEFAULT '2025-01-01Z', user_id UUID NOT NULL REFERENCES users, organization_id UUID, is_demo BOOLEAN NOT
    NULL DEFAULT FALSE
);

CREATE TABLE fans (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(), username VARCHAR(255) NOT NULL DEFAULT '', name
    VARCHAR(255), email VARCHAR(255), phone VARCHAR(50), avatar_url TEXT, profile_url TEXT, bio TEXT,
    platforms JSONB, total_interactions INTEGER, first_interaction_at TIMESTAMP, last_interaction_at
    TIMESTAMP, avg_sentiment VARCHAR(16), engagement_score INTEGER, is_superfan BOOLEAN, is_vip BOOLEAN,
    is_customer BOOLEAN, is_blocked BOOLEAN, tags VARCHAR[], lifetime_value NUMERIC, purchase_count INTEGER,
    last_purchase_at TIMESTAMP, notes TEXT, custom_fields JSONB, user_id UUID NOT NULL REFERENCES users,
    organization_id UUID, created_at TIMESTAMP, updated_at TIMESTAMP, superfan_since TIMESTAMP,
    lifetime_value_score INTEGER NOT NULL DEFAULT 0, sentiment_score NUMERIC, is_demo BOOLEAN NOT NULL DEFAULT
    FALSE, became_superfan_at TIMESTAMPTZ
);
