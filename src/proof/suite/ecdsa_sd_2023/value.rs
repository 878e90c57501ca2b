//! Proof values: what a base proof and a derived proof hold (§3.5.1–3.5.8).

use std::collections::HashSet;

use super::cbor::Item;
use super::{MAX_STATEMENTS, SIGNATURE};
use crate::proof::encoding::{base64url, from_multibase};
use crate::proof::key::PublicKey;
use crate::proof::suite::{SuiteError, malformed};

/// Longest proof value read, in characters: some [`MAX_STATEMENTS`] signatures.
const MAX_VALUE: usize = 256 * 1024;

const BASE: [u8; 3] = [0xd9, 0x5d, 0x00];
const DERIVED: [u8; 3] = [0xd9, 0x5d, 0x01];

/// Multicodec prefix of a P-256 public key.
const P256_CODE: [u8; 2] = [0x80, 0x24];

/// What the issuer gives to the holder.
pub(super) struct BaseProof {
    pub(super) base_signature: Vec<u8>,
    /// The key made for this proof alone, which signed the statements.
    pub(super) statement_key: PublicKey,
    /// The key of the hashes that name blank nodes.
    pub(super) hmac_key: [u8; 32],
    /// One for each statement that is not mandatory, in their order.
    pub(super) signatures: Vec<Vec<u8>>,
    pub(super) mandatory_pointers: Vec<String>,
}

/// What the holder shows.
pub(super) struct DerivedProof {
    pub(super) base_signature: Vec<u8>,
    pub(super) statement_key: PublicKey,
    /// One for each statement shown that is not mandatory, in their order.
    pub(super) signatures: Vec<Vec<u8>>,
    /// From the number of a canonical blank node label to the hash that names the node.
    pub(super) labels: Vec<(usize, Vec<u8>)>,
    /// Which statements shown are mandatory, ascending.
    pub(super) mandatory: Vec<usize>,
}

impl BaseProof {
    pub(super) fn write(&self) -> String {
        write(
            BASE,
            vec![
                Item::Bytes(self.base_signature.clone()),
                Item::Bytes(key_bytes(&self.statement_key)),
                Item::Bytes(self.hmac_key.to_vec()),
                signatures_item(&self.signatures),
                Item::Array(self.mandatory_pointers.iter().cloned().map(Item::Text).collect()),
            ],
        )
    }

    pub(super) fn read(text: &str) -> Result<Self, SuiteError> {
        let items = read(text, BASE)?;
        let base = || -> Option<Self> {
            let [signature, key, hmac, signatures, pointers] = <[Item; 5]>::try_from(items).ok()?;
            Some(Self {
                base_signature: signature_bytes(signature)?,
                statement_key: read_key(key)?,
                hmac_key: hmac.into_bytes()?.try_into().ok()?,
                signatures: read_signatures(signatures)?,
                mandatory_pointers: pointers
                    .into_array()?
                    .into_iter()
                    .map(Item::into_text)
                    .collect::<Option<_>>()?,
            })
        };
        base().ok_or_else(|| malformed("proofValue", "does not hold a base proof"))
    }
}

impl DerivedProof {
    pub(super) fn write(&self) -> String {
        let labels = self
            .labels
            .iter()
            .map(|(number, hash)| (Item::Unsigned(*number as u64), Item::Bytes(hash.clone())));
        write(
            DERIVED,
            vec![
                Item::Bytes(self.base_signature.clone()),
                Item::Bytes(key_bytes(&self.statement_key)),
                signatures_item(&self.signatures),
                Item::Map(labels.collect()),
                Item::Array(
                    self.mandatory.iter().map(|index| Item::Unsigned(*index as u64)).collect(),
                ),
            ],
        )
    }

    pub(super) fn read(text: &str) -> Result<Self, SuiteError> {
        let items = read(text, DERIVED)?;
        let derived = || -> Option<Self> {
            let [signature, key, signatures, labels, mandatory] =
                <[Item; 5]>::try_from(items).ok()?;
            Some(Self {
                base_signature: signature_bytes(signature)?,
                statement_key: read_key(key)?,
                signatures: read_signatures(signatures)?,
                labels: read_labels(labels)?,
                mandatory: read_indexes(mandatory)?,
            })
        };
        derived().ok_or_else(|| malformed("proofValue", "does not hold a derived proof"))
    }
}

/// The multikey bytes of the key that signed the statements; they are signed by the issuer.
pub(super) fn key_bytes(key: &PublicKey) -> Vec<u8> {
    [&P256_CODE[..], &key.to_bytes()].concat()
}

fn write(prefix: [u8; 3], items: Vec<Item>) -> String {
    let mut bytes = prefix.to_vec();
    Item::Array(items).encode(&mut bytes);
    format!("u{}", base64url(&bytes))
}

fn read(text: &str, prefix: [u8; 3]) -> Result<Vec<Item>, SuiteError> {
    if !text.starts_with('u') {
        return Err(malformed("proofValue", "must be base64url multibase (u…)"));
    }
    let bytes = from_multibase(text, MAX_VALUE)
        .map_err(|error| malformed("proofValue", format!("is wrong: {error}")))?;
    match bytes.strip_prefix(&prefix) {
        Some(rest) => Item::decode(rest)
            .and_then(Item::into_array)
            .ok_or_else(|| malformed("proofValue", "is not the CBOR that it should be")),
        None if bytes.starts_with(&BASE) => Err(malformed(
            "proofValue",
            "holds a base proof, which is for the holder alone: a derived proof is needed",
        )),
        None => Err(malformed("proofValue", "is of another kind of proof")),
    }
}

fn signatures_item(signatures: &[Vec<u8>]) -> Item {
    Item::Array(signatures.iter().cloned().map(Item::Bytes).collect())
}

fn signature_bytes(item: Item) -> Option<Vec<u8>> {
    item.into_bytes().filter(|bytes| bytes.len() == SIGNATURE)
}

fn read_signatures(item: Item) -> Option<Vec<Vec<u8>>> {
    let items = item.into_array().filter(|items| items.len() <= MAX_STATEMENTS)?;
    items.into_iter().map(signature_bytes).collect()
}

fn read_key(item: Item) -> Option<PublicKey> {
    let bytes = item.into_bytes().filter(|bytes| bytes.len() == 35)?;
    PublicKey::p256(bytes.strip_prefix(&P256_CODE)?).ok()
}

/// Each number and each hash once: two nodes under one name would be one node.
fn read_labels(item: Item) -> Option<Vec<(usize, Vec<u8>)>> {
    let Item::Map(entries) = item else { return None };
    let labels: Vec<(usize, Vec<u8>)> = entries
        .into_iter()
        .map(|(number, hash)| {
            Some((number.as_index()?, hash.into_bytes().filter(|hash| hash.len() == 32)?))
        })
        .collect::<Option<_>>()?;
    let numbers: HashSet<usize> = labels.iter().map(|(number, _)| *number).collect();
    let hashes: HashSet<&[u8]> = labels.iter().map(|(_, hash)| hash.as_slice()).collect();
    (numbers.len() == labels.len() && hashes.len() == labels.len()).then_some(labels)
}

fn read_indexes(item: Item) -> Option<Vec<usize>> {
    let indexes: Vec<usize> =
        item.into_array()?.iter().map(Item::as_index).collect::<Option<_>>()?;
    indexes.is_sorted_by(|a, b| a < b).then_some(indexes)
}
