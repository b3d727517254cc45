//! The declared routes and `tests/verifier/portal/routes.txt` are the same: there, every route is tried by every role.

use crate::Role;

#[test]
fn every_route_is_in_the_table_with_the_roles_that_may_use_it() {
    let table = include_str!("../../../../tests/verifier/portal/routes.txt");
    let listed = super::super::routes().listed.into_iter().map(|(method, path, permission)| {
        let may = |permission| Role::ALL.into_iter().filter(move |role| role.may(permission)).map(Role::name);
        let roles = permission.map_or_else(|| "everybody".to_owned(), |p| may(p).collect::<Vec<_>>().join(" "));
        format!("{method} {path} {roles}")
    });
    let rows = table.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let rows: Vec<_> = rows.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(listed.collect::<Vec<_>>(), rows);
}
