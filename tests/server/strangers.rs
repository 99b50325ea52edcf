//! What objects refer to: the oids in the node trees of bodies, defaults, views, checks, indexes, triggers and policies, the oids in
//! the columns of the catalogs, and the rows of pg_depend.

use std::collections::BTreeSet;

use postgres::Client;

use crate::harness::show;

/// The first object that is not of the server's own making.
const FIRST: u32 = 16384;

/// Fields of nodes that hold numbers which are no oids, however large they may be.
const NO_OIDS: [&str; 9] = [
    ":location",
    ":list_start",
    ":list_end",
    ":stmt_location",
    ":stmt_len",
    ":queryId",
    ":vartypmod",
    ":resulttypmod",
    ":consttypmod",
];

/// The oids of objects that users have made, in the text of a node tree: every number from 16384 on that stands in a field for
/// which it is not known that no oid stands there.
fn oids(tree: &str) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    let mut field = "";
    let (mut in_bytes, mut in_text) = (false, false);
    for word in tree.split_whitespace() {
        // "text in quotes", and the bytes of a constant, are no oids.
        let quotes = word.matches('"').count();
        if in_text || quotes > 0 {
            in_text ^= quotes % 2 == 1;
            continue;
        }
        match word {
            "[" => in_bytes = true,
            "]" => in_bytes = false,
            _ if in_bytes => {}
            _ if word.starts_with(':') => field = word,
            _ => {
                let number = word.trim_matches(|c: char| !c.is_ascii_digit()).parse::<u32>();
                found.extend(number.ok().filter(|number| *number >= FIRST && !NO_OIDS.contains(&field)));
            }
        }
    }
    found
}

/// The objects that `roots` (a query of `classid` and `objid`) says, and all that belongs to them: the types of their rows, arrays,
/// columns, constraints, indexes, sequences, rules and triggers.
fn family(roots: &str) -> String {
    format!(
        "WITH RECURSIVE family (classid, objid) AS (
            SELECT r.classid::oid, r.objid::oid FROM ({roots}) AS r (classid, objid)
            UNION
            SELECT d.classid, d.objid FROM family AS f JOIN pg_catalog.pg_depend AS d
                ON d.refclassid = f.classid AND d.refobjid = f.objid AND d.deptype IN ('i', 'a', 'P', 'S'))"
    )
}

/// The objects that belong to the extension, and the schema that they are in.
pub const EXTENSION: &str = "SELECT d.classid, d.objid FROM pg_catalog.pg_depend AS d
    JOIN pg_catalog.pg_extension AS e ON d.refobjid = e.oid AND d.refclassid = 'pg_catalog.pg_extension'::regclass
    WHERE e.extname = 'pg_lifecycle' AND d.deptype = 'e'
    UNION ALL SELECT 'pg_catalog.pg_extension'::regclass, oid FROM pg_catalog.pg_extension WHERE extname = 'pg_lifecycle'
    UNION ALL SELECT 'pg_catalog.pg_namespace'::regclass, extnamespace FROM pg_catalog.pg_extension WHERE extname = 'pg_lifecycle'";

/// The objects in a schema, and the schema.
pub fn schema(name: &str) -> String {
    format!(
        "SELECT 'pg_catalog.pg_namespace'::regclass, oid FROM pg_catalog.pg_namespace WHERE nspname = '{name}'
        UNION ALL SELECT 'pg_catalog.pg_class'::regclass, oid FROM pg_catalog.pg_class WHERE relnamespace = '\"{name}\"'::regnamespace
        UNION ALL SELECT 'pg_catalog.pg_proc'::regclass, oid FROM pg_catalog.pg_proc WHERE pronamespace = '\"{name}\"'::regnamespace
        UNION ALL SELECT 'pg_catalog.pg_type'::regclass, oid FROM pg_catalog.pg_type WHERE typnamespace = '\"{name}\"'::regnamespace"
    )
}

/// The objects in both schemas of a store, and the schemas.
pub fn of_store(store: &str) -> String {
    format!("{} UNION ALL {}", schema(store), schema(&format!("{store}_data")))
}

/// A relation and its type.
pub fn relation(name: &str) -> String {
    format!("SELECT 'pg_catalog.pg_class'::regclass, '{name}'::regclass::oid")
}

/// The node trees that the catalogs keep, by the object that each belongs to.
const TREES: &str = "
    SELECT 'pg_catalog.pg_proc'::regclass, oid, prosqlbody FROM pg_catalog.pg_proc
    UNION ALL SELECT 'pg_catalog.pg_proc'::regclass, oid, proargdefaults FROM pg_catalog.pg_proc
    UNION ALL SELECT 'pg_catalog.pg_rewrite'::regclass, oid, ev_qual FROM pg_catalog.pg_rewrite
    UNION ALL SELECT 'pg_catalog.pg_rewrite'::regclass, oid, ev_action FROM pg_catalog.pg_rewrite
    UNION ALL SELECT 'pg_catalog.pg_constraint'::regclass, oid, conbin FROM pg_catalog.pg_constraint
    UNION ALL SELECT 'pg_catalog.pg_attrdef'::regclass, oid, adbin FROM pg_catalog.pg_attrdef
    UNION ALL SELECT 'pg_catalog.pg_trigger'::regclass, oid, tgqual FROM pg_catalog.pg_trigger
    UNION ALL SELECT 'pg_catalog.pg_policy'::regclass, oid, polqual FROM pg_catalog.pg_policy
    UNION ALL SELECT 'pg_catalog.pg_policy'::regclass, oid, polwithcheck FROM pg_catalog.pg_policy
    UNION ALL SELECT 'pg_catalog.pg_class'::regclass, indexrelid, indexprs FROM pg_catalog.pg_index
    UNION ALL SELECT 'pg_catalog.pg_class'::regclass, indexrelid, indpred FROM pg_catalog.pg_index
    UNION ALL SELECT 'pg_catalog.pg_class'::regclass, oid, relpartbound FROM pg_catalog.pg_class
    UNION ALL SELECT 'pg_catalog.pg_class'::regclass, partrelid, partexprs FROM pg_catalog.pg_partitioned_table
    UNION ALL SELECT 'pg_catalog.pg_statistic_ext'::regclass, oid, stxexprs FROM pg_catalog.pg_statistic_ext
    UNION ALL SELECT 'pg_catalog.pg_type'::regclass, oid, typdefaultbin FROM pg_catalog.pg_type";

/// What the columns of the catalogs refer to, some of which pg_depend does not know.
const COLUMNS: &str = "
    SELECT 'pg_catalog.pg_operator'::regclass, o.oid, r.* FROM pg_catalog.pg_operator AS o, LATERAL (VALUES
        ('pg_catalog.pg_operator'::regclass, o.oprcom), ('pg_catalog.pg_operator', o.oprnegate), ('pg_catalog.pg_proc', o.oprcode),
        ('pg_catalog.pg_proc', o.oprrest), ('pg_catalog.pg_proc', o.oprjoin), ('pg_catalog.pg_type', o.oprleft),
        ('pg_catalog.pg_type', o.oprright), ('pg_catalog.pg_type', o.oprresult)) AS r
    UNION ALL SELECT 'pg_catalog.pg_proc', a.aggfnoid, r.* FROM pg_catalog.pg_aggregate AS a, LATERAL (VALUES
        ('pg_catalog.pg_proc'::regclass, a.aggtransfn::oid), ('pg_catalog.pg_proc', a.aggfinalfn), ('pg_catalog.pg_proc', a.aggcombinefn),
        ('pg_catalog.pg_proc', a.aggserialfn), ('pg_catalog.pg_proc', a.aggdeserialfn), ('pg_catalog.pg_proc', a.aggmtransfn),
        ('pg_catalog.pg_operator', a.aggsortop), ('pg_catalog.pg_type', a.aggtranstype)) AS r
    UNION ALL SELECT 'pg_catalog.pg_proc', p.oid, r.* FROM pg_catalog.pg_proc AS p, LATERAL (VALUES
        ('pg_catalog.pg_type'::regclass, p.prorettype), ('pg_catalog.pg_proc', p.prosupport)) AS r
    UNION ALL SELECT 'pg_catalog.pg_proc', p.oid, 'pg_catalog.pg_type', t FROM pg_catalog.pg_proc AS p,
        LATERAL pg_catalog.unnest(p.proargtypes::oid[] || p.proallargtypes) AS t
    UNION ALL SELECT 'pg_catalog.pg_cast', c.oid, r.* FROM pg_catalog.pg_cast AS c, LATERAL (VALUES
        ('pg_catalog.pg_proc'::regclass, c.castfunc), ('pg_catalog.pg_type', c.castsource), ('pg_catalog.pg_type', c.casttarget)) AS r
    UNION ALL SELECT 'pg_catalog.pg_type', t.oid, r.* FROM pg_catalog.pg_type AS t, LATERAL (VALUES
        ('pg_catalog.pg_proc'::regclass, t.typinput::oid), ('pg_catalog.pg_proc', t.typoutput), ('pg_catalog.pg_proc', t.typreceive),
        ('pg_catalog.pg_proc', t.typsend), ('pg_catalog.pg_proc', t.typmodin), ('pg_catalog.pg_proc', t.typmodout),
        ('pg_catalog.pg_proc', t.typanalyze), ('pg_catalog.pg_type', t.typbasetype), ('pg_catalog.pg_type', t.typelem)) AS r
    UNION ALL SELECT 'pg_catalog.pg_class', a.attrelid, 'pg_catalog.pg_type', a.atttypid FROM pg_catalog.pg_attribute AS a
        WHERE NOT a.attisdropped
    UNION ALL SELECT 'pg_catalog.pg_trigger', t.oid, 'pg_catalog.pg_proc', t.tgfoid FROM pg_catalog.pg_trigger AS t
    UNION ALL SELECT 'pg_catalog.pg_class', i.indexrelid, 'pg_catalog.pg_opclass', c FROM pg_catalog.pg_index AS i,
        LATERAL pg_catalog.unnest(i.indclass::oid[]) AS c
    UNION ALL SELECT 'pg_catalog.pg_opclass', o.oid, r.* FROM pg_catalog.pg_opclass AS o, LATERAL (VALUES
        ('pg_catalog.pg_opfamily'::regclass, o.opcfamily), ('pg_catalog.pg_type', o.opcintype), ('pg_catalog.pg_type', o.opckeytype)) AS r
    UNION ALL SELECT 'pg_catalog.pg_opfamily', a.amopfamily, 'pg_catalog.pg_operator', a.amopopr FROM pg_catalog.pg_amop AS a
    UNION ALL SELECT 'pg_catalog.pg_opfamily', a.amprocfamily, 'pg_catalog.pg_proc', a.amproc FROM pg_catalog.pg_amproc AS a
    UNION ALL SELECT 'pg_catalog.pg_constraint', c.oid, 'pg_catalog.pg_operator', o FROM pg_catalog.pg_constraint AS c,
        LATERAL pg_catalog.unnest(c.conpfeqop || c.conppeqop || c.conffeqop || c.conexclop) AS o";

/// All classes of objects that a node tree can name.
const CLASSES: [&str; 11] = [
    "pg_proc",
    "pg_operator",
    "pg_type",
    "pg_class",
    "pg_opclass",
    "pg_opfamily",
    "pg_collation",
    "pg_cast",
    "pg_namespace",
    "pg_ts_config",
    "pg_conversion",
];

fn texts(client: &mut Client, query: &str) -> Vec<String> {
    let rows = client.query(query, &[]).unwrap_or_else(|error| panic!("{}\n{query}", show(&error)));
    rows.iter().map(|row| row.get(0)).collect()
}

/// What the objects that `roots` says refer to and should not: whatever is neither of the server's own making nor among them nor among
/// the objects that `others` says. Both are queries of `classid` and `objid`. Each is described, with what refers to it.
pub fn strangers(client: &mut Client, roots: &str, others: &str) -> Vec<String> {
    client
        .batch_execute(&format!(
            "SET search_path = pg_catalog, pg_temp;
            DROP TABLE IF EXISTS pg_temp.checked, pg_temp.known;
            CREATE TEMPORARY TABLE checked AS {} SELECT classid, objid FROM family;
            CREATE TEMPORARY TABLE known AS {} SELECT classid, objid FROM family UNION SELECT classid, objid FROM checked;
            ANALYZE checked; ANALYZE known",
            family(roots),
            family(others)
        ))
        .unwrap_or_else(|error| panic!("{}\n{roots}\n{others}", show(&error)));
    let checked = client.query_one("SELECT count(*) FROM pg_temp.checked", &[]).expect("counting").get::<_, i64>(0);
    assert!(checked > 50, "only {checked} objects");

    let mut found = texts(
        client,
        &format!(
            "SELECT DISTINCT format('%s refers to %s', pg_describe_object(r.classid, r.objid, 0),
                pg_describe_object(r.refclassid, r.refobjid, 0))
            FROM (SELECT classid, objid, refclassid, refobjid FROM pg_depend WHERE deptype <> 'e'
                    AND refclassid <> 'pg_catalog.pg_extension'::regclass
                UNION ALL SELECT classid, objid, refclassid, refobjid FROM ({COLUMNS}) AS c (classid, objid, refclassid, refobjid)) AS r
                JOIN pg_temp.checked AS c ON c.classid = r.classid AND c.objid = r.objid
            WHERE r.refobjid >= {FIRST} AND NOT EXISTS (SELECT FROM pg_temp.known AS k
                WHERE k.classid = r.refclassid AND k.objid = r.refobjid)"
        ),
    );
    let trees = client
        .query(
            &format!(
                "SELECT pg_describe_object(t.classid, t.objid, 0), t.tree::text
                FROM ({TREES}) AS t (classid, objid, tree) JOIN pg_temp.checked AS c ON c.classid = t.classid AND c.objid = t.objid
                WHERE t.tree IS NOT NULL"
            ),
            &[],
        )
        .unwrap_or_else(|error| panic!("{}", show(&error)));
    assert!(trees.len() > 10, "only {} node trees", trees.len());
    let objects: Vec<String> = CLASSES
        .iter()
        .map(|class| format!("SELECT 'pg_catalog.{class}'::regclass, oid FROM pg_catalog.{class}"))
        .collect();
    for row in &trees {
        let (of, tree): (String, String) = (row.get(0), row.get(1));
        let oids: Vec<String> = oids(&tree).iter().map(u32::to_string).collect();
        if oids.is_empty() {
            continue;
        }
        // An oid is unique within a class only: what is known in one class is known.
        let unknown = texts(
            client,
            &format!(
                "SELECT pg_describe_object(o.classid, o.objid, 0) FROM ({}) AS o (classid, objid)
                WHERE o.objid IN ({oids}) AND NOT EXISTS (SELECT FROM pg_temp.known AS k WHERE k.objid = o.objid)",
                objects.join(" UNION ALL "),
                oids = oids.join(", ")
            ),
        );
        found.extend(unknown.iter().map(|object| format!("the tree of {of} names {object}")));
    }
    client.batch_execute("DROP TABLE pg_temp.checked, pg_temp.known; RESET search_path").expect("cleaning up");
    found
}

#[test]
fn oids_are_found_in_a_node_tree() {
    let tree = r#"({FUNCEXPR :funcid 16999 :funcresulttype 23 :location 20000 :args ({CONST :consttype 25 :constvalue 8 [ 32 0 17001 ]
        :location -1} {VAR :varno 1} {ALIAS :aliasname 5x :colnames ("17002" "a 17003 b")})} {SCALARARRAYOPEXPR :opno 17004
        :coltypes (o 25 17005)})"#;
    assert_eq!(oids(tree).into_iter().collect::<Vec<_>>(), [16999, 17004, 17005]);
}
