//! The keys of an issuer: which there are, which one signs, and the identity that follows.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::json;

use super::mandate::Noted;
use super::{Done, Issuer, IssuerError, Mandate};
use crate::domain::{AccountId, IssuerId, KeyId, Slug};
use crate::json::Value;
use crate::proof::did::{KeyStatus, MethodForm, PublishedKey, did_document, did_key};
use crate::proof::key::{FileFormat, KeyType, PrivateKey, PublicKey};
use crate::store::backend::Version;
use crate::store::key_directory::KeyOwner;
use crate::store::{IssuerKey, KeyLife, Versioned};
use crate::urls::Urls;

/// Private keys that have been read, by owner (`None` is the service) and number.
pub(super) type PrivateKeys = Mutex<HashMap<(Option<IssuerId>, u32), Arc<PrivateKey>>>;

/// Key rings that have been read, each with the versions of the records it was made of: another
/// process may have changed them.
pub(super) type Rings = Mutex<HashMap<IssuerId, (Vec<Version>, Arc<KeyRing>)>>;

/// Key rings kept in memory.
const RINGS_KEPT: usize = 1024;

/// All keys of an issuer, in the order of their numbers.
#[derive(Clone, Debug)]
pub struct KeyRing {
    /// The keys.
    pub keys: Vec<KeptKey>,
}

/// A key of an issuer, ready to use.
#[derive(Clone, Debug)]
pub struct KeptKey {
    /// What the store says of it.
    pub record: IssuerKey,
    /// The commit that wrote that last.
    pub version: Version,
    /// The public key.
    pub public: PublicKey,
}

impl KeyRing {
    /// The keys of these records.
    pub(super) fn of(records: Vec<Versioned<IssuerKey>>) -> Result<Self, IssuerError> {
        let kept = |record: Versioned<IssuerKey>| {
            let public = PublicKey::from_jwk(&Value::from(&record.value.public))?;
            Ok(KeptKey { record: record.value, version: record.version, public })
        };
        Ok(Self { keys: records.into_iter().map(kept).collect::<Result<_, IssuerError>>()? })
    }

    /// The newest key of a kind that signs.
    pub fn active(&self, kind: KeyType) -> Option<&KeptKey> {
        let signs = |key: &&KeptKey| key.record.life == KeyLife::Active && key.is(kind);
        self.keys.iter().rfind(signs)
    }

    /// The key with an identifier.
    pub fn by_id(&self, id: &KeyId) -> Option<&KeptKey> {
        self.keys.iter().find(|key| key.record.id == *id)
    }

    /// The RSA key with a number.
    pub fn rsa(&self, number: u32) -> Option<&KeptKey> {
        self.keys.iter().find(|key| key.record.number == number && key.is(KeyType::Rsa))
    }

    /// The RSA key under whose Open Badges 2.0 profile an award made at `at` is hosted: the newest
    /// that there was. It stays the same for ever.
    pub fn rsa_at(&self, at: Timestamp) -> Option<&KeptKey> {
        let mut keys = self.keys.iter().filter(|key| key.is(KeyType::Rsa));
        let first = keys.clone().next();
        keys.rfind(|key| key.record.created_at <= at).or(first)
    }

    /// The numbers of the RSA keys.
    pub fn rsa_numbers(&self) -> Vec<u32> {
        let rsa = self.keys.iter().filter(|key| key.is(KeyType::Rsa));
        rsa.map(|key| key.record.number).collect()
    }

    /// The issuer's DID: its did:web, or without a public https URL the did:key of its Ed25519 key,
    /// of which there is one then.
    pub fn did(&self, urls: &Urls, slug: &Slug) -> Option<String> {
        urls.issuer_did(slug)
            .or_else(|| self.active(KeyType::Ed25519).and_then(|key| did_key(&key.public)))
    }

    /// Whether another key of its kind signs beside this one.
    pub(super) fn has_successor(&self, key: &IssuerKey) -> bool {
        self.keys.iter().any(|other| {
            other.record.life == KeyLife::Active
                && other.is(key.key_type)
                && other.record.id != key.id
        })
    }

    /// The DID under which a key of the ring signed.
    pub fn did_of(&self, urls: &Urls, slug: &Slug, key: &KeyId) -> Option<String> {
        urls.issuer_did(slug).or_else(|| self.by_id(key).and_then(|key| did_key(&key.public)))
    }

    /// The document of the issuer's did:web, with every key it ever had.
    pub(super) fn document(&self, did: &str, also_known_as: &[String]) -> serde_json::Value {
        let published: Vec<PublishedKey> =
            self.keys.iter().flat_map(|key| key.published(did)).collect();
        did_document(did, &published, also_known_as)
    }
}

impl KeptKey {
    /// Whether it is a key of that kind.
    pub fn is(&self, kind: KeyType) -> bool {
        self.record.key_type == kind
    }

    /// Whether others may have it.
    pub fn is_compromised(&self) -> bool {
        matches!(self.record.life, KeyLife::Compromised(_))
    }

    /// The verification method that proofs of this key name.
    pub fn method(&self, did: &str) -> String {
        PublishedKey::of(did, &self.public, self.status()).id
    }

    /// The verification method that the `kid` of a JWT names.
    pub fn jwt_method(&self, did: &str) -> String {
        jwt_method(did, &self.public)
    }

    /// The key as the API and the command line answer it: never its private half. `did` is the
    /// issuer's.
    pub fn answer(&self, did: &str) -> serde_json::Value {
        let (life, since) = match self.record.life {
            KeyLife::Active => ("active", None),
            KeyLife::Retired(at) => ("retired", Some(at.to_string())),
            KeyLife::Compromised(at) => ("compromised", Some(at.to_string())),
        };
        json!({
            "id": self.record.id.as_str(),
            "issuer": self.record.issuer.as_str(),
            "number": self.record.number,
            "type": self.record.key_type.as_str(),
            "life": life,
            "since": since,
            "createdAt": self.record.created_at.to_string(),
            "verificationMethod": self.method(did),
            "publicKeyJwk": self.record.public,
        })
    }

    fn status(&self) -> KeyStatus {
        match self.record.life {
            KeyLife::Active => KeyStatus::Active,
            KeyLife::Retired(_) => KeyStatus::Retired,
            KeyLife::Compromised(at) => KeyStatus::Compromised(at),
        }
    }

    /// Its verification methods.
    fn published(&self, did: &str) -> Vec<PublishedKey> {
        published(did, &self.public, self.status())
    }
}

/// The verification methods of a key: an Ed25519 key stands there as multikey for Data Integrity and
/// as JWK for JWT.
pub(super) fn published(did: &str, key: &PublicKey, status: KeyStatus) -> Vec<PublishedKey> {
    let first = PublishedKey::of(did, key, status);
    let second = (first.form == MethodForm::Multikey).then(|| PublishedKey {
        id: jwt_method(did, key),
        form: MethodForm::JsonWebKey,
        ..first.clone()
    });
    std::iter::once(first).chain(second).collect()
}

/// The verification method that the `kid` of a JWT names: one written as JWK, where the DID document
/// is ours to write.
pub(super) fn jwt_method(did: &str, key: &PublicKey) -> String {
    if did.starts_with("did:key:") {
        PublishedKey::of(did, key, KeyStatus::Active).id
    } else {
        format!("{did}#{}", key.thumbprint())
    }
}

/// The kind of key with that name, if issuers can have it.
///
/// # Errors
/// [`IssuerError::Invalid`]
pub fn issuer_key_type(name: &str) -> Result<KeyType, IssuerError> {
    const KINDS: [KeyType; 3] = [KeyType::Ed25519, KeyType::Rsa, KeyType::P256];
    KINDS.into_iter().find(|kind| kind.as_str() == name).ok_or_else(|| {
        let names = KINDS.map(KeyType::as_str).join(", ");
        IssuerError::invalid("/type", "bad-key-type", format!("must be one of {names}"))
    })
}

impl Issuer {
    /// The keys of an issuer.
    ///
    /// # Errors
    /// What the store says; [`IssuerError::Key`] for a stored key that cannot be used.
    pub async fn key_ring(
        &self,
        account: &AccountId,
        issuer: &IssuerId,
    ) -> Result<Arc<KeyRing>, IssuerError> {
        let (known, ring) = lock(&self.0.rings).get(issuer).cloned().unzip();
        let known = known.unwrap_or_default();
        let records = self.0.store.issuer_keys_unless(account, issuer, &known).await?;
        let records = match (records, ring) {
            (None, Some(ring)) => return Ok(ring),
            (records, _) => records.unwrap_or_default(),
        };
        let versions: Vec<Version> = records.iter().map(|record| record.version).collect();
        let ring = Arc::new(KeyRing::of(records)?);
        let mut rings = lock(&self.0.rings);
        if rings.len() >= RINGS_KEPT {
            rings.clear();
        }
        rings.insert(issuer.clone(), (versions, Arc::clone(&ring)));
        Ok(ring)
    }

    /// Gives an issuer another key: of a kind that it lacks, such as P-256 for ES256 tokens, or a
    /// newer one, which signs from then on. What the older ones signed goes on to hold.
    ///
    /// # Errors
    /// [`IssuerError::OneKey`] for a second Ed25519 key of an issuer that is known by its first,
    /// [`IssuerError::NotFound`], and what keys and store say.
    pub async fn add_key(
        &self,
        mandate: &Mandate<'_>,
        issuer: &IssuerId,
        kind: KeyType,
    ) -> Result<Done<KeptKey>, IssuerError> {
        let found = self.0.store.issuer(mandate.account, issuer).await?;
        let profile = found.ok_or(IssuerError::NotFound("issuer"))?.value;
        let ring = self.key_ring(mandate.account, issuer).await?;
        let urls = &self.0.urls;
        if kind == KeyType::Ed25519 && urls.issuer_did(&profile.slug).is_none() {
            return Err(IssuerError::OneKey(issuer.clone()));
        }
        let record = self.make_key(issuer, kind, self.0.clock.now_to_the_second()).await?;
        let public = PublicKey::from_jwk(&Value::from(&record.public))?;
        let key = KeptKey { record, version: Version(0), public };
        let answer = key.answer(&ring.did(urls, &profile.slug).unwrap_or_default());
        let mut tx = self.0.store.begin(mandate.account);
        tx.insert_issuer_key(&key.record);
        let noted = Noted {
            kind: "issuer.key-added",
            subject: issuer.as_str(),
            answer: &answer,
            detail: json!({ "key": key.record.id.as_str(), "type": kind.as_str() }),
        };
        self.note(&mut tx, mandate, &noted)?;
        let version = tx.commit().await?;
        Ok(Done { value: KeptKey { version, ..key }, answer })
    }

    /// Makes a key for an issuer and keeps its file. The record is still to be committed: a file
    /// without one is never used.
    pub(super) async fn make_key(
        &self,
        issuer: &IssuerId,
        kind: KeyType,
        now: Timestamp,
    ) -> Result<IssuerKey, IssuerError> {
        let inner = Arc::clone(&self.0);
        let owner = issuer.clone();
        let made = tokio::task::spawn_blocking(move || {
            let key = PrivateKey::generate(kind, &inner.random)?;
            let file =
                inner.directory.add(KeyOwner::Issuer(owner.as_str()), &key, FileFormat::Pem)?;
            Ok::<_, IssuerError>((key, file))
        });
        let (key, file) = made.await.map_err(|_| IssuerError::Worker)??;
        let record = IssuerKey {
            id: KeyId::random(&self.0.random),
            issuer: issuer.clone(),
            number: file.number,
            key_type: kind,
            public: key.public().to_jwk(),
            life: KeyLife::Active,
            created_at: now,
        };
        self.remember(Some(issuer.clone()), file.number, Arc::new(key));
        Ok(record)
    }

    /// The private half of a key, for signing: every signature of an issuer's key is made with what
    /// comes from here, and a key that signs no more does not come.
    ///
    /// # Errors
    /// [`IssuerError::SignsNoMore`], and what the key directory says.
    pub(super) async fn private(&self, key: &KeptKey) -> Result<Arc<PrivateKey>, IssuerError> {
        if key.record.life != KeyLife::Active {
            return Err(IssuerError::SignsNoMore(key.record.id.clone()));
        }
        let issuer = key.record.issuer.clone();
        let private = self.load(Some(issuer), key.record.number).await?;
        if private.public().fingerprint() == key.public.fingerprint() {
            Ok(private)
        } else {
            // Somebody put another key in its place: signing with it would make badges that
            // nobody can verify.
            Err(IssuerError::Preflight(format!(
                "the file of key {} of {} holds another key than is published",
                key.record.number, key.record.issuer
            )))
        }
    }

    pub(super) async fn load(
        &self,
        owner: Option<IssuerId>,
        number: u32,
    ) -> Result<Arc<PrivateKey>, IssuerError> {
        let name = (owner, number);
        let known = lock(&self.0.private).get(&name).cloned();
        if let Some(key) = known {
            return Ok(key);
        }
        let inner = Arc::clone(&self.0);
        let (owner, number) = name;
        let wanted = owner.clone();
        let read = tokio::task::spawn_blocking(move || {
            let owner = match &wanted {
                Some(issuer) => KeyOwner::Issuer(issuer.as_str()),
                None => KeyOwner::Service,
            };
            inner.directory.load(owner, number)
        });
        let key = Arc::new(read.await.map_err(|_| IssuerError::Worker)??);
        self.remember(owner, number, Arc::clone(&key));
        Ok(key)
    }

    /// Drops the private half of a key that signs no more from memory.
    pub(super) fn forget(&self, issuer: &IssuerId, number: u32) {
        lock(&self.0.private).remove(&(Some(issuer.clone()), number));
    }

    fn remember(&self, owner: Option<IssuerId>, number: u32, key: Arc<PrivateKey>) {
        lock(&self.0.private).insert((owner, number), key);
    }
}

/// A panic elsewhere leaves these maps whole: each is changed by one call.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
