//! What a filter names and is not there any more: a tag that nothing bears, a member who left, an account that was disconnected.

use kit::db::Conn;

use super::listing;
use super::marks::{self, Assignee, Member};
use super::place::Place;
use crate::web::errors::Result;
use crate::workspaces::WorkspaceId;

/// What a filter can choose from.
#[derive(Clone, Debug)]
pub struct Known {
    pub members: Vec<Member>,
    pub connections: Vec<listing::Connection>,
}

impl Known {
    pub fn read(conn: &mut Conn, workspace: WorkspaceId) -> Result<Self> {
        Ok(Self { members: marks::members(conn, workspace)?, connections: listing::connections(conn, workspace)? })
    }

    /// The place without what can never be found again, and a sentence about each that is gone.
    pub fn narrowed(&self, conn: &mut Conn, workspace: WorkspaceId, place: Place) -> Result<Place> {
        let filter = place.filter.clone();
        let mut place = place;
        if let Some(Assignee::Member(id)) = filter.assignee
            && !self.members.iter().any(|member| member.id == id)
        {
            place = place.leaving_out(
                "assignee",
                "The member in this filter isn't here any more, so everyone's comments are listed.",
            );
        }
        if filter.connection.is_some_and(|id| !self.connections.iter().any(|known| known.id == id)) {
            place = place.leaving_out(
                "connection",
                "The account in this filter isn't connected any more, so all accounts are listed.",
            );
        }
        if let Some(tag) = &filter.tag
            && !marks::has_tag(conn, workspace, tag)?
        {
            // It may come back by its name: the list is empty until then.
            place.remarks.push(format!("No comment has the tag “{tag}” any more. Remove that filter to see the rest."));
        }
        if let Some(author) = filter.author
            && listing::author_name(conn, workspace, author)?.is_none()
        {
            place = place.leaving_out(
                "author",
                "The author in this filter isn't known here any more, so everyone's comments are listed.",
            );
        }
        if let Some(content) = filter.content
            && !listing::has_content(conn, workspace, content)?
        {
            place =
                place.leaving_out("content", "The post in this filter is gone, so comments on all posts are listed.");
        }
        Ok(place)
    }
}
