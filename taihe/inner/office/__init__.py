"""The office (办公): documents, and in later releases meetings, bulletins, supervision, personnel, projects, assets."""
