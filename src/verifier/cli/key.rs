//! Where the master key comes from: `--key-file`, systemd's credentials, or a file beside the database.

use std::{
    env,
    path::{Path, PathBuf},
};

use countenance_system::SystemRandom;
use countenance_verifier::{KeyFileError, MasterKey};

/// Name of the key file in the data directory, and of the credential.
const NAME: &str = "verifier.key";

/// Reads the key from `file`, or else from systemd's credential, or else from the data directory. `is_new` is for a
/// database that does not exist yet: the file may be created. With a new key, an existing one could not be read.
pub(super) fn load(file: Option<&Path>, data: &Path, is_new: bool) -> Result<MasterKey, KeyFileError> {
    // systemd.exec(5), LoadCredential= and LoadCredentialEncrypted=, which can be bound to the machine's TPM.
    let credential = env::var_os("CREDENTIALS_DIRECTORY").map(|folder| PathBuf::from(folder).join(NAME));
    match (file, credential.filter(|path| path.exists())) {
        (None, Some(path)) => MasterKey::from_credential(&path),
        (file, _) => {
            let path = file.map_or_else(|| data.join(NAME), Path::to_owned);
            if is_new { MasterKey::from_file(&path, &SystemRandom) } else { MasterKey::read(&path) }
        }
    }
}
