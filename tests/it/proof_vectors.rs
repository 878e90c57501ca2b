//! The published test vectors of the Data Integrity cryptosuites: canonical documents, hashes,
//! signed bytes and proof values, made anew and compared.

use std::fs;
use std::path::{Path, PathBuf};

use accolade::json::{self, Value};
use accolade::linked_data::Contexts;
use accolade::proof::encoding::hex;
use accolade::proof::key::{PrivateKey, PublicKey};
use accolade::proof::suite::{Proof, ProofOptions, Suite, check, forms, prepare, proofs, sign};

use crate::require::{say, shared};

/// A folder of one signature: where it lies, how its files end, and what it shows.
struct Folder {
    path: &'static str,
    ending: &'static str,
    document: &'static str,
    key: &'static str,
    suite: Suite,
}

const EDDSA_KEY: &str = "vc-di-eddsa/keyPair.json";
const P256_KEY: &str = "vc-di-ecdsa/p256KeyPair.json";
const P384_KEY: &str = "vc-di-ecdsa/p384KeyPair.json";

const FOLDERS: [Folder; 10] = [
    Folder {
        path: "vc-di-eddsa/eddsa-rdfc-2022",
        ending: "DataInt",
        document: "vc-di-eddsa/unsigned.json",
        key: EDDSA_KEY,
        suite: Suite::EddsaRdfc2022,
    },
    Folder {
        path: "vc-di-eddsa/eddsa-rdfc-2022/employ",
        ending: "DataInt",
        document: "vc-di-eddsa/employmentAuth.json",
        key: EDDSA_KEY,
        suite: Suite::EddsaRdfc2022,
    },
    Folder {
        path: "vc-di-eddsa/eddsa-jcs-2022",
        ending: "JCS",
        document: "vc-di-eddsa/unsigned.json",
        key: EDDSA_KEY,
        suite: Suite::EddsaJcs2022,
    },
    Folder {
        path: "vc-di-eddsa/Ed25519Signature2020",
        ending: "EdSig",
        document: "vc-di-eddsa/unsigned.json",
        key: EDDSA_KEY,
        suite: Suite::Ed25519Signature2020,
    },
    Folder {
        path: "vc-di-ecdsa/ecdsa-rdfc-2019-p256",
        ending: "ECDSAP256",
        document: "vc-di-ecdsa/unsigned.json",
        key: P256_KEY,
        suite: Suite::EcdsaRdfc2019,
    },
    Folder {
        path: "vc-di-ecdsa/ecdsa-rdfc-2019-p256/employ",
        ending: "ECDSAP256",
        document: "vc-di-ecdsa/employmentAuth.json",
        key: P256_KEY,
        suite: Suite::EcdsaRdfc2019,
    },
    Folder {
        path: "vc-di-ecdsa/ecdsa-rdfc-2019-p384",
        ending: "ECDSAP384",
        document: "vc-di-ecdsa/unsigned.json",
        key: P384_KEY,
        suite: Suite::EcdsaRdfc2019,
    },
    Folder {
        path: "vc-di-ecdsa/ecdsa-rdfc-2019-p384/employ",
        ending: "ECDSAP384",
        document: "vc-di-ecdsa/employmentAuth.json",
        key: P384_KEY,
        suite: Suite::EcdsaRdfc2019,
    },
    Folder {
        path: "vc-di-ecdsa/ecdsa-jcs-2019-p256",
        ending: "JCSECDSAP256",
        document: "vc-di-ecdsa/unsigned.json",
        key: P256_KEY,
        suite: Suite::EcdsaJcs2019,
    },
    Folder {
        path: "vc-di-ecdsa/ecdsa-jcs-2019-p384",
        ending: "JCSECDSAP384",
        document: "vc-di-ecdsa/unsigned.json",
        key: P384_KEY,
        suite: Suite::EcdsaJcs2019,
    },
];

#[test]
fn every_published_proof_is_made_again_and_checked() {
    let Some(shared) = shared() else { return };
    let vectors = shared.join("vectors");
    let contexts = contexts(&shared);
    let mut values = 0;
    for folder in &FOLDERS {
        let at = |name: &str, kind: &str| {
            read(&vectors.join(folder.path).join(format!("{name}{}.{kind}", folder.ending)))
        };
        let keys = read(&vectors.join(folder.key));
        let keys = json::parse(&keys).unwrap();
        let private = PrivateKey::from_multikey(
            keys.str_of("privateKeyMultibase").or(keys.str_of("secretKeyMultibase")).unwrap(),
        )
        .unwrap();
        let public = PublicKey::from_multikey(keys.str_of("publicKeyMultibase").unwrap()).unwrap();
        assert_eq!(*private.public(), public, "{}: the key pair", folder.path);

        let signed_text = at("signed", "json");
        let signed = json::parse(&signed_text).unwrap();
        let proof = &proofs(&signed).unwrap()[0];
        let prepared = prepare(&signed, &Proof::parse(proof).unwrap(), &public, &contexts).unwrap();
        let forms = forms(&signed, &Proof::parse(proof).unwrap(), &public, &contexts).unwrap();
        for (what, found, expected) in [
            ("canonDoc", forms.document, at("canonDoc", "txt")),
            ("proofCanon", forms.proof, at("proofCanon", "txt")),
            ("docHash", hex(&prepared.document_hash), at("docHash", "txt")),
            ("proofHash", hex(&prepared.proof_hash), at("proofHash", "txt")),
            ("combinedHash", hex(&prepared.signed), at("combinedHash", "txt")),
            ("sigHex", hex(&prepared.signature), at("sigHex", "txt")),
        ] {
            assert_eq!(found.trim_end(), expected.trim_end(), "{}: {what}", folder.path);
            values += 1;
        }
        assert_eq!(prepared.verify(), Ok(()), "{}", folder.path);

        let claims = Proof::parse(proof).unwrap();
        let made = sign(
            &document(&vectors, folder, &signed),
            folder.suite,
            &ProofOptions {
                verification_method: claims.verification_method,
                created: claims.created,
                ..ProofOptions::default()
            },
            &private,
            &contexts,
        )
        .unwrap();
        assert_eq!(made["proofValue"], at("sigBTC58", "txt").trim_end(), "{}", folder.path);
        assert_eq!(Value::from(&made).pointer("/proofValue"), proof.get("proofValue"));
        values += 1;
    }
    assert_eq!(values, FOLDERS.len() * 7);
    say(format_args!("proof vectors: {values} values of {} proofs made again", FOLDERS.len()));
}

/// The unsigned document; the legacy suite needs one context more, which its signed form shows.
fn document(vectors: &Path, folder: &Folder, signed: &Value<'_>) -> Value<'static> {
    let text = read(&vectors.join(folder.document));
    let mut document = json::parse(&text).unwrap().into_owned();
    if folder.suite == Suite::Ed25519Signature2020 {
        let context = signed.get("@context").unwrap().clone().into_owned();
        document.as_object_mut().unwrap().insert("@context", context);
    }
    document
}

#[test]
fn the_published_proof_sets_and_chains_are_made_again_and_checked() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("vectors/vc-di-eddsa/proof-set-chain");
    let contexts = contexts(&shared);
    let keys = read(&folder.join("multiKeyPairs.json"));
    let keys = json::parse(&keys).unwrap();
    let private = |number: usize| {
        let pointer = format!("/keyPair{number}/privateKeyMultibase");
        PrivateKey::from_multikey(keys.pointer(&pointer).unwrap().as_str().unwrap()).unwrap()
    };
    let mut checked = 0;
    for name in ["signedProofSet1", "signedProofSet2", "signedProofChain1", "signedProofChain2"] {
        let text = read(&folder.join(format!("{name}.json")));
        let document = json::parse(&text).unwrap();
        for proof in proofs(&document).unwrap() {
            let method = proof.str_of("verificationMethod").unwrap();
            let (_, multikey) = method.split_once('#').unwrap();
            let key = PublicKey::from_multikey(multikey).unwrap();
            check(&document, proof, &key, &contexts).unwrap();
            checked += 1;
        }
    }
    let mut made = 0;
    for (config, document, signed, key) in [
        ("proofSetConfig1", "unsigned", "proofSetConfigSigned1", 1),
        ("proofSetConfig2", "unsigned", "proofSetConfigSigned2", 2),
        ("proofChainConfig1", "signedProofSet2", "proofChainConfigSigned1", 3),
        ("proofChainConfig2", "signedProofChain1", "proofChainConfigSigned2", 4),
    ] {
        let text = |name: &str| read(&folder.join(format!("{name}.json")));
        let (config, document, signed) = (text(config), text(document), text(signed));
        let config = json::parse(&config).unwrap();
        let previous: Vec<&str> = config
            .get("previousProof")
            .map(|previous| previous.items().iter().map(|id| id.as_str().unwrap()).collect())
            .unwrap_or_default();
        let options = ProofOptions {
            id: config.str_of("id"),
            verification_method: config.str_of("verificationMethod").unwrap(),
            created: Some(config.str_of("created").unwrap().parse().unwrap()),
            previous: &previous,
            ..ProofOptions::default()
        };
        let document = json::parse(&document).unwrap();
        let proof =
            sign(&document, Suite::EddsaRdfc2022, &options, &private(key), &contexts).unwrap();
        let expected = json::parse(&signed).unwrap();
        assert_eq!(proof["proofValue"].as_str(), expected.str_of("proofValue"), "{signed}");
        made += 1;
    }
    assert!(checked > 0 && made > 0);
    say(format_args!("proof sets and chains: {checked} published proofs hold, {made} made again"));
}

/// The context documents that the vectors name.
fn contexts(shared: &Path) -> Contexts {
    let of = |url: &str, file: &str| (url.to_owned(), read(&shared.join("contexts").join(file)));
    Contexts::new([
        of("https://www.w3.org/ns/credentials/v2", "credentials-v2.json"),
        of("https://www.w3.org/ns/credentials/examples/v2", "credentials-examples-v2.json"),
        of("https://w3id.org/citizenship/v4rc1", "citizenship-v4rc1.json"),
        of("https://w3id.org/security/suites/ed25519-2020/v1", "ed25519-2020-v1.json"),
    ])
    .unwrap()
}

fn read(path: &PathBuf) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
