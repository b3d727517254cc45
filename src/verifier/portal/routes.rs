//! How the portal's routes are declared: each with the permission that it needs, which the extractors check.

#[cfg(test)]
mod tests;

use axum::{
    Extension, Router,
    handler::Handler,
    routing::{MethodRouter, get, post},
};

use crate::{AppState, role::Permission};

/// The portal's routes. None can be added without saying who may use it.
#[derive(Default)]
pub(super) struct Routes {
    router: Router<AppState>,
    /// For the test that compares them with a table.
    #[cfg(test)]
    listed: Vec<(&'static str, &'static str, Option<Permission>)>,
}

impl Routes {
    /// A route for operators who may do this. Its handler must take the extractor, which knows who asks.
    pub(super) fn get<T: 'static, H: Handler<T, AppState>>(
        self,
        path: &'static str,
        permission: Permission,
        handler: H,
    ) -> Self {
        self.on("GET", path, Some(permission), get(handler))
    }

    /// As [`get`](Self::get), for a form.
    pub(super) fn post<T: 'static, H: Handler<T, AppState>>(
        self,
        path: &'static str,
        permission: Permission,
        handler: H,
    ) -> Self {
        self.on("POST", path, Some(permission), post(handler))
    }

    /// A route for everybody, signed in or not.
    pub(super) fn open_get<T: 'static, H: Handler<T, AppState>>(self, path: &'static str, handler: H) -> Self {
        self.on("GET", path, None, get(handler))
    }

    /// As [`open_get`](Self::open_get), for a form.
    pub(super) fn open_post<T: 'static, H: Handler<T, AppState>>(self, path: &'static str, handler: H) -> Self {
        self.on("POST", path, None, post(handler))
    }

    #[cfg_attr(not(test), expect(unused_variables, reason = "the method is for the list"))]
    fn on(
        mut self,
        method: &'static str,
        path: &'static str,
        permission: Option<Permission>,
        route: MethodRouter<AppState>,
    ) -> Self {
        #[cfg(test)]
        self.listed.push((method, path, permission));
        let route = match permission {
            Some(permission) => route.route_layer(Extension(permission)),
            None => route,
        };
        self.router = self.router.route(path, route);
        self
    }

    /// What axum routes by.
    pub(super) fn into_router(self) -> Router<AppState> {
        self.router
    }
}
