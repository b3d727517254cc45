//! What operators may do: each operator has a role, and each route of the portal needs a permission.

countenance_core::enumeration! {
    /// What an operator of the portal is there for.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Role {
        /// Does everything.
        Admin = "admin",
        /// Helps one person at a time: looks things up, unlocks, allows and removes devices, erases a user.
        Helpdesk = "helpdesk",
        /// Reads everything, the audit log included, and changes nothing.
        Auditor = "auditor",
    }
}

countenance_core::enumeration! {
    /// What a route of the portal needs.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) enum Permission {
        /// Look at integrations, users, devices and sessions.
        Look = "look",
        /// Read and check the audit log, see the operators, and export lists: what many people did, not one.
        Audit = "audit",
        /// Help one person, who can undo it by signing in again.
        Help = "help",
        /// Everything that concerns many people, or makes a check weaker: rules, secrets, phone numbers, thresholds, and
        /// kiosks. A kiosk serves every user: somebody with a helpdesk's session and a code for one could show any face
        /// on a device of their own.
        Configure = "configure",
    }
}

impl Role {
    /// Whether operators with this role have the permission.
    pub(crate) const fn may(self, permission: Permission) -> bool {
        match permission {
            Permission::Look => true,
            Permission::Audit => matches!(self, Self::Admin | Self::Auditor),
            Permission::Help => matches!(self, Self::Admin | Self::Helpdesk),
            Permission::Configure => matches!(self, Self::Admin),
        }
    }
}
