/* import_test.c -- every kind of fault with its place; all or nothing; leaving bad rows out; twice changes nothing; the real data; O*NET. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <sys/stat.h>

#include "frac/frac_import.h"
#include "import/import.h"
#include "org/org.h"
#include "org/test_world.h"

static struct arena *const A = &world_arena;
static char folder[80];
static struct import_report report;

/* ---- files and runs ---- */

static int make(void **state)
{
    UNUSED(state);
    if (world_make("import_test")) return -1;
    snprintf(folder, sizeof folder, "/tmp/igot_files.XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int end(void **state)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command) + world_end(state);
}

static void file_bytes(const char *name, str text)
{
    FILE *f = fopen(str_z(A, str_format(A, "%s/%s", folder, name)), "we");
    assert_non_null(f);
    assert_int_equal(fwrite(text.data, 1, (size_t)text.len, f), text.len);
    assert_int_equal(fclose(f), 0);
}

static void file(const char *name, const char *text)
{
    file_bytes(name, str_of(text));
}

static err run_with(bool skip_bad, i64 from_day)
{
    struct import_options o = {.arena = A, .skip_bad = skip_bad, .from_day = from_day};
    struct import_source *source;
    assert_ok(import_folder(A, str_of(folder), &source, &o.count));
    o.source = source;
    return import_files(world_pool, &o, &report);
}

static err run(void)
{
    return run_with(false, IMPORT_TODAY);
}

/* The faults as FILE:LINE:COLUMN:VALUE, one a line. */
static str places(void)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    for (int i = 0; i < report.faults_kept; i++) {
        const struct import_fault *f = &report.fault[i];
        str name = f->file;
        for (isize cut; (cut = str_find_char(name, '/')) >= 0;) name = str_slice(name, cut + 1, -1);
        buf_format(&b, "%.*s:%lld:%.*s:%.*s\n", STR_ARGS(name), (long long)f->line, STR_ARGS(f->column), STR_ARGS(f->value));
        assert_true(f->expected.len > 0);
    }
    str text = str_dup(A, buf_view(&b));
    buf_clear(&b);
    return text;
}

static void expect_faults(const char *wanted)
{
    assert_err(run(), ERR_INVALID);
    assert_str(places(), str_of(wanted));
    assert_int_equal(report.faults, report.faults_kept);
    assert_false(report.written);
}

#define ORG "code,parent,kind,name_en,name_hi,source\nindia,,government,Government of India,भारत सरकार,LGD\n"
#define NAMED "code,name_en,name_hi\n"
#define L15 "one,two,three,four,five"
#define CMP "code,kind,area,theme,name_en,name_hi,definition_en,definition_hi,facets,l1_en,l2_en,l3_en,l4_en,l5_en,l1_hi,l2_hi,l3_hi,l4_hi,l5_hi,reviewed\n"
#define POS "code,organisation,designation,service,group,name_en,name_hi,sanctioned,filled\n"
#define MAP "position,role,activity,competency,level,critical,reviewed\n"
#define CRS "code,provider,language,title_en,title_hi,summary_en,summary_hi,minutes,category,source_id\n"
#define TCH "course,competency,entry,exit,reviewed\n"
#define MOD "course,seq,kind,title,minutes,body,file\n"
#define ITM "code,course,competency,level,language,stem,option_a,option_b,option_c,option_d,key,rationale\n"
#define CON "name,value,unit,basis,reason_en,reason_hi,from\n"

/* One good row of everything. */
static void good_files(void)
{
    file("organisations.csv", ORG "dep.a,min.a,department,A,क,LGD\nmin.a,india,ministry,M,,LGD\n");
    file("services.csv", NAMED "svc.a,Service,\n");
    file("designations.csv", NAMED "des.a,Clerk,लिपिक\n");
    file("providers.csv", "code,organisation,name_en,name_hi\nprv.a,dep.a,Institute,\n");
    file("competencies-a.csv", CMP "c.1,behavioural,Area,Theme,Care,,What,,x | y," L15 ",,,,,,no\n");
    file("competencies-b.csv", CMP "c.2,domain,Area,Theme,Mail,,What,,," L15 ",,,,,,yes\n");
    file("roles.csv", NAMED "role.a,Role,\n");
    file("activities.csv", NAMED "act.a,Do,\nact.b,Do,\n");
    file("positions.csv", POS "pos.a,dep.a,des.a,svc.a,C,Clerk in A,,10,8\n");
    file("map.csv", MAP "pos.a,role.a,act.a,c.1,2,yes,no\npos.a,role.a,act.b,c.1,3,no,no\npos.a,role.a,act.a,c.2,1,no,no\n");
    file("courses.csv", CRS "crs.a,prv.a,en,Course,,About,,60,Course,\n");
    file("course_competencies.csv", TCH "crs.a,c.1,1,3,no\n");
    file("modules.csv", MOD "crs.a,1,text,First,20,\"# Head\nText, with a \"\"quote\"\".\",\n");
    struct buf b;
    buf_init(&b, 1 << 16);
    BUF_LIT(&b, ITM);
    for (int i = 0; i < 20; i++) buf_format(&b, "itm.%02d,crs.a,c.1,1,en,Question %d?,A,B,C,D,%c,Because\n", i, i, 'a' + i % 4);
    file_bytes("items.csv", buf_view(&b));
    buf_clear(&b);
    file("constants.csv", CON "mu0,2.5,level,P,Start,,2020-01-01\n");
}

static i64 sum(isize offset)
{
    i64 n = 0;
    for (int k = 0; k < IMPORT_KINDS; k++) n += *(const i64 *)((const char *)&report.kind[k] + offset);
    return n;
}
#define SUM(field) sum((isize)offsetof(struct import_counts, field))

/* ---- what goes well ---- */

static void all_kinds(void **state)
{
    UNUSED(state);
    good_files();
    err e = run();
    assert_str(places(), S(""));
    assert_ok(e);
    assert_int_equal(SUM(added), SUM(rows));
    assert_int_equal(report.kind[IMPORT_ITEMS].added, 20);
    assert_true(report.written);

    struct db *db = world_begin(DB_READ);
    i64 id;
    struct organisation_list path;
    assert_ok(organisation_by_code(db, A, S("dep.a"), &id));
    assert_ok(organisation_path(db, A, LANG_HI, id, &path));
    assert_int_equal(path.count, 3);
    assert_str(path.row[2].name, S("क"));
    assert_int_equal(path.row[2].depth, 2);
    assert_ok(frac_competency_by_code(db, S("c.1"), &id));
    struct competency c;
    assert_ok(frac_competency(db, A, LANG_EN, id, &c));
    assert_str(c.level_text[4], S("five"));
    db_rollback(db);
}

static void twice(void **state)
{
    UNUSED(state);
    good_files();
    assert_ok(run());
    i64 rows = SUM(rows);
    struct stat before, after;
    char wal[128];
    snprintf(wal, sizeof wal, "%s/igot.db-wal", world_folder);
    bool has_wal = world_engine == DB_SQLITE && stat(wal, &before) == 0;
    assert_ok(run());
    assert_int_equal(SUM(unchanged), rows);
    assert_int_equal(SUM(added) + SUM(changed), 0);
    assert_false(report.written);
    if (has_wal && stat(wal, &after) == 0) {
        assert_int_equal(before.st_size, after.st_size);
        assert_int_equal(before.st_mtim.tv_sec, after.st_mtim.tv_sec);
        assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
    }

    file("services.csv", NAMED "svc.a,Service of A,\n");
    file("map.csv", MAP "pos.a,role.a,act.a,c.1,4,yes,no\n");
    assert_ok(run());
    assert_int_equal(report.kind[IMPORT_SERVICES].changed, 1);
    assert_int_equal(report.kind[IMPORT_MAP].changed, 1);
    assert_int_equal(SUM(changed), 2);
    assert_int_equal(SUM(added), 0);
}

static void map_from_a_day(void **state)
{
    UNUSED(state);
    good_files();
    assert_ok(run_with(false, 700));
    file("map.csv", MAP "pos.a,role.a,act.a,c.1,5,no,no\n");
    assert_ok(run_with(false, 900));
    struct db *db = world_begin(DB_READ);
    struct requirement_list need;
    i64 map, position = 0;
    assert_ok(frac_import_position_id(db, A, S("pos.a"), &position));
    assert_err(frac_map(db, position, 699, &map), ERR_NOT_FOUND);
    assert_ok(frac_map(db, position, 899, &map));
    assert_ok(frac_requirements(db, A, LANG_EN, map, &need));
    assert_int_equal(need.count, 2);
    assert_int_equal(need.row[0].level, 3); /* the highest of two activities */
    assert_true(need.row[0].critical);
    assert_ok(frac_map(db, position, 900, &map));
    assert_ok(frac_requirements(db, A, LANG_EN, map, &need));
    assert_int_equal(need.count, 1);
    db_rollback(db);
}

/* A byte order mark, CRLF, columns in another order, quoted newlines: the same content. */
static void other_writings(void **state)
{
    UNUSED(state);
    good_files();
    assert_ok(run());
    file("services.csv", "\xEF\xBB\xBFname_hi , name_en,code\r\n,\"Service\",svc.a\r\n\r\n");
    file("modules.csv", "\xEF\xBB\xBF" MOD "crs.a,1,text,First,20,\"# Head\nText, with a \"\"quote\"\".\" ,\n");
    file("map.csv", MAP "pos.a,role.a,act.b,c.1,3,no,no\npos.a,role.a,act.a,c.2,1,no,no\npos.a,role.a,act.a,c.1,2,yes,no\n");
    assert_ok(run());
    assert_int_equal(SUM(added) + SUM(changed), 0);
}

/* ---- what goes wrong ---- */

static void cells(void **state)
{
    UNUSED(state);
    good_files();
    file("organisations.csv", ORG "Dep.A,india,department,A,,LGD\ndep.b,india,agency,,,LGD\n\ndep.c,,office,C,,LGD\n");
    file("services.csv", NAMED "svc.a,\"S\n\n\",\nsvc.b,B\xFF,\n");
    file("competencies-a.csv", CMP "c.1,behavioural,Area,Theme,Care,,What,,x | y," L15 ",,,,,,No\n");
    file("positions.csv", POS "pos.a,dep.a,des.a,svc.a,D,Clerk,,10,11\npos.b,india,des.a,,A,Clerk,,10,11\npos.c,india,des.a,,A,Clerk,,-1,1.5\n");
    file("map.csv", MAP "pos.a,role.a,act.a,c.1,0,yes,no\npos.a,role.a,act.b,c.1,6,no,no\npos.a,role.a,act.a,c.2,three,no,no\n");
    file("courses.csv", CRS "crs.a,prv.a,English,Course,,About,,60,Course,\ncrs.b,prv.a,en,,,About,,0,Course,\ncrs.c,prv.a,en,,,,,5,Course,\n");
    file("course_competencies.csv", TCH "crs.a,c.1,3,3,no\ncrs.a,c.2,1,1,no\ncrs.b,c.2,4,2,no\n");
    file("modules.csv", MOD "crs.a,1,text,T,20,Body,a.mp4\ncrs.a,2,video,T,20,Body,\ncrs.a,3,video,T,20,Body,gone.mp4\ncrs.a,4,pdf,T,20,Body,../x.pdf\n");
    file("items.csv", ITM "itm.1,crs.a,c.1,1,en,Q?,A,B,C,D,e,R\nitm.2,crs.a,c.1,1,en,Q?,A,B,A,D,a,R\n");
    file("constants.csv", CON "mu0,two,level,P,Start,,2020-01-01\nMu,2,level,Q,Start,,2020-02-30\n");
    expect_faults("organisations.csv:3:code:Dep.A\n"
                  "organisations.csv:4:kind:agency\n"
                  "organisations.csv:4:name_en:\n"
                  "organisations.csv:6:parent:\n"
                  "services.csv:5:name_en:B\\xFF\n"
                  "providers.csv:2:organisation:dep.a\n"
                  "competencies-a.csv:2:reviewed:No\n"
                  "positions.csv:2:group:D\n"
                  "positions.csv:3:filled:11\n"
                  "positions.csv:4:sanctioned:-1\n"
                  "positions.csv:4:filled:1.5\n"
                  "map.csv:2:level:0\n"
                  "map.csv:3:level:6\n"
                  "map.csv:4:level:three\n"
                  "courses.csv:2:language:English\n"
                  "courses.csv:3:minutes:0\n"
                  "courses.csv:4:title_en:\n"
                  "course_competencies.csv:2:exit:3\n"
                  "course_competencies.csv:4:exit:2\n"
                  "modules.csv:2:file:a.mp4\n"
                  "modules.csv:3:file:\n"
                  "modules.csv:4:file:gone.mp4\n"
                  "modules.csv:5:file:../x.pdf\n"
                  "items.csv:2:key:e\n"
                  "items.csv:3:option_c:A\n"
                  "constants.csv:2:value:two\n"
                  "constants.csv:3:name:Mu\n"
                  "constants.csv:3:basis:Q\n"
                  "constants.csv:3:from:2020-02-30\n");
    assert_str(report.fault[1].expected, S("one of: government, ministry, department, attached, subordinate, statutory, institute, office, state"));
    assert_str(report.fault[8].expected, S("at most the 10 sanctioned"));
}

static void references(void **state)
{
    UNUSED(state);
    good_files();
    file("organisations.csv", ORG "min.a,india,ministry,M,,LGD\ndep.a,min.a,department,A,,LGD\ndep.b,min.q,department,B,,LGD\n");
    file("roles.csv", NAMED "role.a,Role,\nrole.b,Role,\nrole.a,Again,\n");
    file("positions.csv", POS "pos.a,dep.a,des.a,svc.q,C,Clerk in A,,10,8\n");
    file("map.csv", MAP "pos.a,role.a,act.a,c.1,2,yes,no\npos.a,role.q,act.b,c.9,3,no,no\npos.a,role.a,act.a,c.1,3,no,no\n");
    expect_faults("organisations.csv:5:parent:min.q\n"
                  "roles.csv:4:code:role.a\n"
                  "positions.csv:2:service:svc.q\n"
                  "map.csv:3:role:role.q\n"
                  "map.csv:3:competency:c.9\n"
                  "map.csv:4:competency:c.1\n");
}

static void cycles(void **state)
{
    UNUSED(state);
    file("organisations.csv", ORG "a,b,office,A,,x\nb,c,office,B,,x\nc,a,office,C,,x\nd,c,office,D,,x\ne,e,office,E,,x\n");
    expect_faults("organisations.csv:3:parent:b\norganisations.csv:7:parent:e\n");
    file("organisations.csv", ORG "a,india,office,A,,x\nb,a,office,B,,x\nc,b,office,C,,x\n");
    assert_ok(run());
    file("organisations.csv", "code,parent,kind,name_en,name_hi,source\na,c,office,A,,x\n"); /* around by way of the database */
    expect_faults("organisations.csv:2:parent:c\n");
    file("organisations.csv", "code,parent,kind,name_en,name_hi,source\nindia,a,government,I,,x\n");
    expect_faults("organisations.csv:2:parent:a\n");
}

static void critical(void **state)
{
    UNUSED(state);
    good_files();
    struct buf b;
    buf_init(&b, 1 << 16);
    BUF_LIT(&b, CMP);
    for (int i = 3; i < 10; i++) buf_format(&b, "c.%d,domain,A,T,N,,D,,," L15 ",,,,,,no\n", i);
    file_bytes("competencies-c.csv", buf_view(&b));
    buf_reset(&b);
    BUF_LIT(&b, MAP);
    for (int i = 3; i < 8; i++) buf_format(&b, "pos.a,role.a,act.a,c.%d,1,yes,no\npos.a,role.a,act.b,c.%d,1,yes,no\n", i, i);
    file_bytes("map.csv", buf_view(&b));
    assert_ok(run());
    BUF_LIT(&b, "pos.a,role.a,act.b,c.8,1,yes,no\n");
    file_bytes("map.csv", buf_view(&b));
    expect_faults("map.csv:12:critical:yes\n");
    buf_clear(&b);
}

static void files(void **state)
{
    UNUSED(state);
    good_files();
    file("services.csv", "code,name-en,name_hi,code\n");
    file("designations.csv", "");
    file("roles.csv", NAMED "role.a,Role\nrole.b,Role,,\n");
    file("activities.csv", NAMED "act.a,Do \"it\",\nact.b,Do,\n");
    file("map.csv", MAP "pos.a,role.a,act.a,\"c.1,2,yes,no\n");
    assert_err(run(), ERR_INVALID);
    assert_true(str_starts(places(), S("services.csv:1:name-en:name-en\n"
                                       "services.csv:1:code:code\n"
                                       "services.csv:1:name_en:\n"
                                       "designations.csv:1::\n"
                                       "roles.csv:2::role.a\n"
                                       "roles.csv:3::role.b\n"
                                       "activities.csv:2:name_en:\n")));
    struct import_source gone = {IMPORT_ROLES, S("/nowhere/roles.csv")};
    struct import_options o = {.arena = A, .source = &gone, .count = 1, .from_day = IMPORT_TODAY};
    assert_err(import_files(world_pool, &o, &report), ERR_INVALID);
    assert_str(places(), S("roles.csv:0::\n"));
    struct import_source *list;
    isize count;
    assert_err(import_folder(A, S("/nowhere"), &list, &count), ERR_NOT_FOUND);
    assert_err(import_folder(A, S("/sys"), &list, &count), ERR_NOT_FOUND);
}

static void many_faults(void **state)
{
    UNUSED(state);
    struct buf b;
    buf_init(&b, 1 << 20);
    BUF_LIT(&b, NAMED);
    for (int i = 0; i < 250; i++) buf_format(&b, "Bad %d,Name,\n", i);
    file_bytes("services.csv", buf_view(&b));
    buf_clear(&b);
    assert_err(run(), ERR_INVALID);
    assert_int_equal(report.faults, 250);
    assert_int_equal(report.faults_kept, 100);
    assert_int_equal(report.fault[99].line, 101);
}

static void constants_stay(void **state)
{
    UNUSED(state);
    file("constants.csv", CON "mu0,2.5,level,P,Start,,2020-01-01\n");
    assert_ok(run());
    file("constants.csv", CON "mu0,2.6,level,P,Start,,2020-01-01\n");
    expect_faults("constants.csv:2:from:2020-01-01\n");
    file("constants.csv", CON "mu0,2.5,level,P,Start,,2020-01-01\nmu0,2.6,level,P,Measured,,2099-01-01\n");
    assert_ok(run());
    assert_int_equal(report.kind[IMPORT_CONSTANTS].added, 1);
    file("constants.csv", CON "mu0,2.5,level,P,Start: said better,,2020-01-01\n");
    assert_ok(run());
    assert_int_equal(report.kind[IMPORT_CONSTANTS].changed, 1);
}

/* ---- all or nothing, and the rest of it ---- */

static void all_or_nothing(void **state)
{
    UNUSED(state);
    good_files();
    file("items.csv", ITM "itm.1,crs.a,c.1,9,en,Q?,A,B,C,D,a,R\n");
    expect_faults("items.csv:2:level:9\n");
    struct db *db = world_begin(DB_READ);
    i64 id;
    assert_err(organisation_by_code(db, A, S("india"), &id), ERR_NOT_FOUND);
    db_rollback(db);
}

static void skips_bad(void **state)
{
    UNUSED(state);
    good_files();
    file("organisations.csv", ORG "min.a,india,agency,M,,LGD\ndep.a,min.a,department,A,,LGD\noff.a,dep.a,office,O,,LGD\nmin.b,india,ministry,B,,LGD\n");
    assert_ok(run_with(true, IMPORT_TODAY));
    assert_true(str_starts(places(), S("organisations.csv:3:kind:agency\n"
                                       "organisations.csv:4:parent:min.a\n"
                                       "organisations.csv:5:parent:dep.a\n"
                                       "providers.csv:2:organisation:dep.a\n"
                                       "positions.csv:2:organisation:dep.a\n"
                                       "map.csv:2:position:pos.a\n"
                                       "map.csv:3:position:pos.a\n"
                                       "map.csv:4:position:pos.a\n"
                                       "courses.csv:2:provider:prv.a\n"
                                       "course_competencies.csv:2:course:crs.a\n"
                                       "modules.csv:2:course:crs.a\n"
                                       "items.csv:2:course:crs.a\n")));
    assert_int_equal(report.kind[IMPORT_ORGANISATIONS].left_out, 3);
    assert_int_equal(report.kind[IMPORT_ORGANISATIONS].added, 2);
    assert_int_equal(report.kind[IMPORT_MAP].left_out, 3);
    assert_int_equal(report.kind[IMPORT_ITEMS].left_out, 20);
    assert_int_equal(report.kind[IMPORT_COMPETENCIES].added, 2);
    assert_int_equal(report.faults, 3 + 1 + 1 + 3 + 1 + 1 + 1 + 20);

    file("organisations.csv", ORG "min.a,india,ministry,M,,LGD\ndep.a,min.a,department,A,,LGD\noff.a,dep.a,office,O,,LGD\nmin.b,india,ministry,B,,LGD\n");
    assert_ok(run());
    assert_int_equal(report.kind[IMPORT_ITEMS].added, 20);

    file("organisations.csv", ORG "min.a,india,agency,M,,LGD\n"); /* it is in the database: what refers to it stays */
    assert_ok(run_with(true, IMPORT_TODAY));
    assert_int_equal(report.faults, 1);
    file("organisations.csv", ORG "x,y,office,X,,L\ny,z,office,Y,,L\nz,x,office,Z,,L\n");
    assert_ok(run_with(true, IMPORT_TODAY));
    assert_int_equal(report.kind[IMPORT_ORGANISATIONS].left_out, 3);
}

/* Whichever allocation fails: an error, nothing written, nothing kept. */
static void memory_ends(void **state)
{
    UNUSED(state);
    good_files();
    struct import_source *source;
    isize count;
    assert_ok(import_folder(A, str_of(folder), &source, &count));
    int failed = 0;
    bool done = false;
    for (i64 n = 1; n < 2000 && !done; n++) {
        struct arena texts;
        arena_init(&texts, 1 << 24);
        struct import_options o = {.arena = &texts, .source = source, .count = count, .from_day = IMPORT_TODAY};
        mem_fail_at(n);
        i64 before = mem_count();
        err e = import_files(world_pool, &o, &report);
        done = mem_count() - before < n; /* it needed fewer */
        mem_fail_at(0);
        arena_clear(&texts);
        if (e != OK) assert_false(report.written);
        failed += e != OK;
    }
    assert_true(done);
    assert_true(failed > 5);
    assert_ok(run());
    assert_int_equal(SUM(added) + SUM(changed), 0);
}

/* ---- the real thing ---- */

static const char *folder_of(const char *relative)
{
    const char *root = getenv("IGOT_SOURCE_ROOT");
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", root ? root : ".", relative);
    return access(path, R_OK) == 0 ? path : NULL;
}

static err run_folder(str data, str onet)
{
    struct import_options o = {.arena = A, .onet = onet, .from_day = IMPORT_TODAY};
    struct import_source *source = NULL;
    if (data.data) assert_ok(import_folder(A, data, &source, &o.count));
    o.source = source;
    return import_files(world_pool, &o, &report);
}

static void real_data(void **state)
{
    UNUSED(state);
    const char *data = folder_of("data");
    if (!data) {
        puts("SKIPPED: real data (run in the checkout, or set IGOT_SOURCE_ROOT)");
        skip();
    }
    err e = run_folder(str_of(data), (str){0});
    assert_str(places(), S(""));
    assert_ok(e);
    assert_true(report.kind[IMPORT_COURSES].added >= 300);
    assert_true(report.kind[IMPORT_POSITIONS].added >= 40);
    i64 rows = SUM(rows);
    assert_ok(run_folder(str_of(data), (str){0}));
    assert_int_equal(SUM(unchanged), rows);
    assert_false(report.written);
}

static void onet(void **state)
{
    UNUSED(state);
    const char *data = folder_of("../shared/data/onet");
    if (!data) {
        puts("SKIPPED: O*NET (../shared/data/onet is not here)");
        skip();
    }
    i64 begun = mono_us();
    err e = run_folder((str){0}, str_of(data));
    assert_str(places(), S(""));
    assert_ok(e);
    if (world_engine == DB_SQLITE) assert_true(mono_us() - begun < (i64)30 * 1000000);
    assert_int_equal(report.kind[IMPORT_POSITIONS].added, 879);
    assert_int_equal(report.kind[IMPORT_COMPETENCIES].added, 33 + 35 + 16);
    assert_int_equal(report.kind[IMPORT_MAP].added, 32657); /* counted from the files by another program */
    assert_ok(run_folder((str){0}, str_of(data)));
    assert_false(report.written);

    struct db *db = world_begin(DB_READ);
    i64 id;
    struct competency c;
    assert_ok(frac_competency_by_code(db, S("onet.2.b.1.d"), &id));
    assert_ok(frac_competency(db, A, LANG_EN, id, &c));
    assert_int_equal(c.kind, KIND_BEHAVIOURAL);
    assert_str(c.name, S("Negotiation"));
    assert_str(c.area, S("Social Skills"));
    assert_ok(frac_competency_by_code(db, S("onet.2.a.1.e"), &id));
    assert_ok(frac_competency(db, A, LANG_EN, id, &c));
    assert_int_equal(c.kind, KIND_FUNCTIONAL);
    assert_ok(frac_competency_by_code(db, S("onet.2.c.4.a"), &id));
    assert_ok(frac_competency(db, A, LANG_EN, id, &c));
    assert_int_equal(c.kind, KIND_DOMAIN);
    db_rollback(db);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_kinds),   TEST(twice),       TEST(map_from_a_day), TEST(other_writings), TEST(cells),     TEST(references), TEST(cycles),    TEST(critical),
        TEST(files),       TEST(many_faults), TEST(constants_stay), TEST(all_or_nothing), TEST(skips_bad), TEST(real_data),  TEST(onet),
        TEST(memory_ends),
    };
    return world_run(tests);
}
