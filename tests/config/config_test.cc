// The configuration: what is read from file and environment, and every way to get it wrong, each
// with place, key and what to do.
#include "ops/config/config.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "ops/base/format.h"
#include "ops/config/keys.h"

namespace medverka::config {
namespace {

using Variables = std::map<std::string, std::string>;

class ConfigTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(testing::TempDir()) / fmt::format("config_{}", test->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_ / "state");
    key_ = Write("key", "0123456789abcdef0123456789abcdef\n", 0600);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }
  std::string Write(const std::string& name, const std::string& text, mode_t mode = 0644) {
    std::ofstream(Path(name), std::ios::binary) << text;
    chmod(Path(name).c_str(), mode);
    return Path(name);
  }
  // What every service needs, and `more` behind it.
  std::string Whole(const std::string& more) {
    return Write("medverka.yaml",
                 fmt::format("kafka: {{bootstrap.servers: localhost:9092}}\nstate: {{directory: "
                             "{}}}\nsubject_key_file: {}\n{}",
                             Path("state"), key_, more));
  }
  // All problems, the folder's name taken out.
  std::string Problems(const std::string& path, const Variables& environment = {},
                       ConfigUse use = ConfigUse::kService) {
    std::string all;
    for (const ConfigProblem& problem : ReadConfig(path, environment, use).problems) {
      all += ToText(problem) + "\n";
    }
    const std::string folder = folder_.string() + "/";
    for (std::size_t at = all.find(folder); at != std::string::npos; at = all.find(folder)) {
      all.erase(at, folder.size());
    }
    return all;
  }

  std::filesystem::path folder_;
  std::string key_;
};

TEST_F(ConfigTest, LeftOutKeysHaveTheirDefaults) {
  const ConfigOutcome outcome = ReadConfig(Whole(""), {});
  ASSERT_EQ(Problems(Path("medverka.yaml")), "");
  EXPECT_EQ(outcome.config.group, "medverka");
  EXPECT_FALSE(outcome.config.instance.empty());
  EXPECT_TRUE(outcome.config.lanes && outcome.config.api);
  EXPECT_EQ(outcome.config.commit_interval_us, 50'000);
  EXPECT_EQ(outcome.config.kafka.at("bootstrap.servers"), "localhost:9092");
}

TEST_F(ConfigTest, EveryKeyIsTakenUp) {
  const std::string path = Whole(R"(
group: onco
instance: onco-0
roles: [lanes]
delivery: at_least_once
partition_key: subject-key
subject_key_id: 7
assume_recruiting: true
topics:
  journal: j
  feedback: f
  moves: m
  studies: st
  suggestions: su
  state: s
  dead_letters: d
  partitions: 3
  replication: 1
  journal_retention: 365d
commit: {interval: 20ms, records_max: 10, bytes_max: 1MiB, idle_tick: 5s}
memory: {block_cache: 64MiB, write_buffer: 32MiB, hot_patients: 16MiB, consumer_queue: 8MiB, producer_queue: 4MiB}
backfill: {share: 0.25}
http: {listen: "0.0.0.0:0"}
log: {format: json, level: debug}
)");
  ASSERT_EQ(Problems(path), "");
  const Config config = ReadConfig(path, {}).config;
  EXPECT_EQ(config.group, "onco");
  EXPECT_EQ(config.instance, "onco-0");
  EXPECT_TRUE(config.lanes);
  EXPECT_FALSE(config.api);
  EXPECT_EQ(config.delivery, Delivery::kAtLeastOnce);
  EXPECT_EQ(config.partition_key, PartitionKey::kSubjectKey);
  EXPECT_EQ(config.subject_key_id, 7);
  EXPECT_TRUE(config.assume_recruiting);
  EXPECT_EQ(config.topics.names.journal, "j");
  EXPECT_EQ(config.topics.names.feedback, "f");
  EXPECT_EQ(config.topics.names.moves, "m");
  EXPECT_EQ(config.topics.names.studies, "st");
  EXPECT_EQ(config.topics.names.suggestions, "su");
  EXPECT_EQ(config.topics.names.state, "s");
  EXPECT_EQ(config.topics.names.dead_letters, "d");
  EXPECT_EQ(config.topics.partitions, 3);
  EXPECT_EQ(config.topics.replication, 1);
  EXPECT_EQ(config.topics.journal_retention_ms, 365LL * 86'400'000);
  EXPECT_EQ(config.commit_interval_us, 20'000);
  EXPECT_EQ(config.commit_records_max, 10U);
  EXPECT_EQ(config.commit_bytes_max, 1U << 20);
  EXPECT_EQ(config.idle_tick_us, 5'000'000);
  EXPECT_EQ(config.block_cache_bytes, 64U << 20);
  EXPECT_EQ(config.write_buffer_bytes, 32U << 20);
  EXPECT_EQ(config.hot_patient_bytes, 16U << 20);
  EXPECT_EQ(config.consumer_queue_bytes, 8U << 20);
  EXPECT_EQ(config.producer_queue_bytes, 4U << 20);
  EXPECT_EQ(config.backfill_share, 0.25);
  EXPECT_EQ(config.http_address, "0.0.0.0");
  EXPECT_EQ(config.http_port, 0);
  EXPECT_EQ(config.log_format, base::LogFormat::kJson);
  EXPECT_EQ(config.log_level, base::LogLevel::kDebug);
}

TEST_F(ConfigTest, SaysEveryProblemAtOnceInTheOrderOfTheFile) {
  EXPECT_EQ(
      Problems(Write("medverka.yaml", R"(kafka:
  sasl.password: hunter2
commit:
  intervall: 50ms
  records_max: many
  bytes_max: -8MiB
interval: 1s
ssl.ca.location: /nowhere
http: 8080
memory:
  block_cache: 64MB
  write_buffer:
log:
  level: loud
roles: [lanes, web]
group: a
group: b
topics: {journal: "två"}
)")),
      R"(medverka.yaml: kafka.bootstrap.servers is missing: the brokers, as in "broker-1:9092,broker-2:9092"
medverka.yaml: state.directory is missing: the directory for the lanes' stores
medverka.yaml: subject_key_file is missing: the file with the secret under which patients' identifiers become subject keys; `openssl rand -hex 32` makes a good one
medverka.yaml:2:3: kafka.sasl.password is a secret and must not stand here; write it to a file that only this service can read, name the file with kafka.sasl.password_file, and change the secret
medverka.yaml:4:3: commit.intervall is not a key; did you mean "commit.interval"?
medverka.yaml:5:3: commit.records_max must be a whole number, not "many"
medverka.yaml:6:3: commit.bytes_max must not be negative, and is -8MiB
medverka.yaml:7:1: interval is not a key; did you mean "commit.interval"?
medverka.yaml:8:1: ssl.ca.location is not a key; did you mean "kafka.ssl.ca.location"?
medverka.yaml:9:1: http is a section: its keys stand indented below it
medverka.yaml:11:3: memory.block_cache has the unknown unit "MB"; the units are B, KiB, MiB, GiB, TiB, as in 256MiB
medverka.yaml:12:3: memory.write_buffer has no value; leave the key out to have the default
medverka.yaml:14:3: log.level must be debug, info, warning or error, not "loud"
medverka.yaml:15:1: roles must be a list of lanes and api, not "web"
medverka.yaml:17:1: group stands twice, first at medverka.yaml:16:1
medverka.yaml:18:10: topics.journal must be a name of 1 to 249 letters a to z, digits, ".", "_" and "-", not "två"
)");
}

TEST_F(ConfigTest, WhatIsNoYamlIsSaidWithItsPlace) {
  EXPECT_EQ(Problems(Write("medverka.yaml", "commit:\n\tinterval: 1s\n"), {}, ConfigUse::kTool)
                .substr(0, 31),
            "medverka.yaml:2:10: is not YAML");
  EXPECT_NE(
      Problems(Write("a.yaml", "- one\n- two\n")).find("a.yaml:1:1: must be keys with values"),
      std::string::npos);
  EXPECT_NE(Problems(Write("b.yaml", "a: 1\n---\nb: 2\n")).find("more than one YAML document"),
            std::string::npos);
  EXPECT_NE(Problems(Write("c.yaml", "[a]: 1\n")).find("c.yaml:1:1:"), std::string::npos);
}

TEST_F(ConfigTest, AFileThatCannotBeReadIsTheOnlyProblem) {
  EXPECT_EQ(Problems(Path("nowhere.yaml")),
            "--config: names nowhere.yaml, which cannot be used: No such file or directory\n");
  EXPECT_EQ(Problems(Path("state")), "--config: names state, which is not a file\n");
  EXPECT_EQ(Problems(Write("large.yaml", std::string(2'000'000, '#'))),
            "--config: names large.yaml, which is larger than 1048576 bytes\n");
}

// Bytes of any kind end in problems, never in a crash or a hang.
TEST_F(ConfigTest, NonsenseIsSurvived) {
  std::string deep, bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 0; i < 5'000; ++i) deep += "[";
  for (int i = 1; i < 20; ++i)
    bomb += fmt::format("k{}: &k{} {{p: *k{}, q: *k{}}}\n", i, i, i - 1, i - 1);
  for (const std::string& text :
       {deep, bomb, std::string("kafka: &k\n  x: *k\n"), std::string("\0\xff\xfe binary \x80", 12),
        std::string("? {a: b}\n: c\n"), std::string("kafka: {a: {b: {c: {d: [e, [f]]}}}}"),
        std::string("kafka: &k {x: &x {a: *k, b: *k, c: *k}, y: *x, z: *k}")}) {
    EXPECT_FALSE(ReadConfig(Write("medverka.yaml", text), {}).problems.empty());
  }
}

TEST_F(ConfigTest, TheEnvironmentReplacesWhatTheFileSays) {
  const std::string path = Whole("commit: {interval: rubbish}\ngroup: a\n");
  const Variables environment = {{"MEDVERKA_COMMIT_INTERVAL", "20ms"},
                                 {"MEDVERKA_GROUP", "b"},
                                 {"MEDVERKA_ROLES", "api"},
                                 {"MEDVERKA_KAFKA_BOOTSTRAP_SERVERS", "b1:9092,b2:9092"},
                                 {"MEDVERKA_KAFKA_SASL_PASSWORD_FILE", Write("pw", "pw\n", 0600)},
                                 {"MEDVERKA_TEST_DIE_AT", "after-commit:3"},
                                 {"PATH", "/bin"}};
  ASSERT_EQ(Problems(path, environment), "");
  const Config config = ReadConfig(path, environment).config;
  EXPECT_EQ(config.commit_interval_us, 20'000);
  EXPECT_EQ(config.group, "b");
  EXPECT_FALSE(config.lanes);
  EXPECT_EQ(config.kafka.at("bootstrap.servers"), "b1:9092,b2:9092");
  EXPECT_EQ(config.kafka.at("sasl.password"), "pw");
}

TEST_F(ConfigTest, WrongVariablesAreNamed) {
  EXPECT_EQ(
      Problems(Whole(""), {{"MEDVERKA_COMMIT_INTERVALL", "1s"},
                           {"MEDVERKA_LOG_LEVEL", "loud"},
                           {"MEDVERKA_KAFKA_SASL_PASSWORD", "hunter2"},
                           {"MEDVERKA_NONSENSE", "1"}}),
      R"(environment MEDVERKA_COMMIT_INTERVALL: is not the name of a key; did you mean MEDVERKA_COMMIT_INTERVAL?
environment MEDVERKA_KAFKA_SASL_PASSWORD: kafka.sasl.password is a secret and must not stand here; write it to a file that only this service can read, name the file with kafka.sasl.password_file, and change the secret
environment MEDVERKA_NONSENSE: is not the name of a key; docs/configuration.md lists them
environment MEDVERKA_LOG_LEVEL: log.level must be debug, info, warning or error, not "loud"
)");
}

TEST_F(ConfigTest, WhatKubernetesTellsOfServicesIsPassedOver) {
  EXPECT_EQ(Problems(Whole(""), {{"MEDVERKA_SERVICE_HOST", "10.0.0.1"},
                                 {"MEDVERKA_SERVICE_PORT", "8080"},
                                 {"MEDVERKA_SERVICE_PORT_HTTP", "8080"},
                                 {"MEDVERKA_PORT", "tcp://10.0.0.1:8080"},
                                 {"MEDVERKA_PORT_8080_TCP_ADDR", "10.0.0.1"},
                                 {"MEDVERKA_KAFKA_SERVICE_HOST", "10.0.0.2"},
                                 {"MEDVERKA_KAFKA_PORT_9092_TCP", "tcp://10.0.0.2:9092"}}),
            "");
}

TEST_F(ConfigTest, SecretsComeFromFilesThatOnlyTheServiceReads) {
  Write("good", "s3cret\r\n", 0640);
  Write("open", "s3cret\n", 0644);
  Write("empty", "\n", 0600);
  Write("short", "short\n", 0600);
  const std::string path =
      Write("medverka.yaml",
            fmt::format(
                "kafka:\n  bootstrap.servers: [a:1, b:2]\n  sasl.password_file: {0}/good\n"
                "  ssl.key.password_file: {0}/open\n  ssl.keystore.password_file: {0}/empty\n"
                "  ssl.key.pem_file: {0}/nowhere\n  ssl.key.location: {0}/open\n"
                "  ssl.ca.location: {0}/nowhere\n  sasl.username_file: {0}/good\n"
                "  sasl.username: u\nstate: {{directory: {0}/a/b}}\nsubject_key_file: {0}/short\n",
                folder_.string()));
  EXPECT_EQ(
      Problems(path),
      R"(medverka.yaml:4:3: kafka.ssl.key.password_file names open, which is open to everybody on this machine; `chmod o-rwx open` and change the secret
medverka.yaml:5:3: kafka.ssl.keystore.password_file names empty, which is empty
medverka.yaml:6:3: kafka.ssl.key.pem_file names nowhere, which cannot be used: No such file or directory
medverka.yaml:7:3: kafka.ssl.key.location names open, which is open to everybody on this machine; `chmod o-rwx open` and change the secret
medverka.yaml:8:3: kafka.ssl.ca.location names nowhere, which cannot be used: No such file or directory
medverka.yaml:9:3: kafka.sasl.username_file and kafka.sasl.username are both there; keep one of them
medverka.yaml:11:9: state.directory is a/b, and a is not there either; create it, or mount the volume
medverka.yaml:12:1: subject_key_file names short, which holds 5 bytes; it must be 16 to 4096
)");
  const Config config = ReadConfig(path, {}).config;
  EXPECT_EQ(config.kafka.at("sasl.password"), "s3cret");
  EXPECT_EQ(config.kafka.at("bootstrap.servers"), "a:1,b:2");
}

TEST_F(ConfigTest, PropertiesOfTheClientAreHeldAgainstIt) {
  EXPECT_EQ(
      Problems(Write("medverka.yaml", R"(kafka:
  bootstrap.servers: b:1
  securty.protocol: ssl
  security.protocol: sll
  socket.timeout.ms_file: )" + Write("timeout", "s3cret\n", 0600) +
                                          R"(
  bootstrap.severs: b:1
  enable.auto.commit: true
)"),
               {{"MEDVERKA_KAFKA_ISOLATION_LEVEL", "read_uncommitted"}}, ConfigUse::kTool),
      R"(medverka.yaml:3:3: kafka.securty.protocol librdkafka has no such property; did you mean security.protocol?
medverka.yaml:4:3: kafka.security.protocol librdkafka does not take "sll", but plaintext, ssl, sasl_plaintext, sasl_ssl; its page of configuration properties says what may stand here.
medverka.yaml:5:3: kafka.socket.timeout.ms_file librdkafka does not take this value, but 10 .. 300000; its page of configuration properties says what may stand here.
medverka.yaml:6:3: kafka.bootstrap.severs librdkafka has no such property; did you mean bootstrap.servers?
medverka.yaml:7:3: kafka.enable.auto.commit is not yours to set: offsets are committed with the state, in one transaction. Take it out.
environment MEDVERKA_KAFKA_ISOLATION_LEVEL: kafka.isolation.level is not yours to set: what is not committed must not be seen. Take it out.
)");
}

TEST_F(ConfigTest, AStateDirectoryThatIsNotYetThereIsFineInOneThatIs) {
  for (const char* name : {"new", "new/", "state", "state/"}) {
    EXPECT_EQ(Problems(Whole(""), {{"MEDVERKA_STATE_DIRECTORY", Path(name)}}), "") << name;
  }
  Write("file", "");
  EXPECT_NE(Problems(Whole(""), {{"MEDVERKA_STATE_DIRECTORY", Path("file")}})
                .find("file is not a directory"),
            std::string::npos);
}

TEST_F(ConfigTest, ToolsNeedNoStoreAndNoSubjectKey) {
  EXPECT_EQ(Problems(Write("medverka.yaml",
                           "kafka: {bootstrap.servers: b:1}\nstate: {directory: "
                           "/nowhere/at/all}\nsubject_key_file: /nowhere\n"),
                     {}, ConfigUse::kTool),
            "");
  EXPECT_NE(Problems("", {}, ConfigUse::kTool).find("kafka.bootstrap.servers is missing"),
            std::string::npos);
}

TEST_F(ConfigTest, WhatDoesNotGoTogetherIsSaid) {
  EXPECT_EQ(
      Problems(Whole("memory: {block_cache: 64MiB, write_buffer: 65MiB}\n"
                     "topics: {state: a, moves: a}\n")),
      "medverka.yaml:4:30: memory.write_buffer does not fit: write buffers are charged to the "
      "block cache, so memory.block_cache must be at least memory.write_buffer\n"
      "medverka.yaml:5:10: topics.state must be a topic of its own, and is \"a\" like "
      "topics.moves\n");
}

TEST_F(ConfigTest, PrintedConfigurationReadsBackAsTheSame) {
  Write("pw", "hunter2", 0600);
  Write("ca", "ca");
  const std::string path = Write(
      "medverka.yaml",
      fmt::format("kafka:\n  bootstrap.servers: \"a:1,b:2\"\n  sasl.password_file: {0}/pw\n"
                  "  ssl.ca.location: {0}/ca\n  client.rack: \"quote \\\" and: colon # hash\"\n"
                  "  sasl.username: \"yes\"\nstate: {{directory: {0}/state}}\nsubject_key_file: "
                  "{1}\nroles: [lanes]\nhttp: {{listen: \"[::1]:0\"}}\ngroup: \"123\"\n"
                  "topics: {{journal_retention: 30d}}\nbackfill: {{share: 0.3}}\n",
                  folder_.string(), key_));
  ASSERT_EQ(Problems(path), "");
  const Config config = ReadConfig(path, {}).config;
  const std::string yaml = ToYaml(config);
  EXPECT_EQ(yaml.find("hunter2"), std::string::npos);
  ASSERT_EQ(Problems(Write("again.yaml", yaml)), "") << yaml;
  const Config again = ReadConfig(Path("again.yaml"), {}).config;
  EXPECT_EQ(Effective(config), Effective(again));
  EXPECT_EQ(config.kafka, again.kafka);
  EXPECT_TRUE(NeedsRestart(config, again).empty());
  EXPECT_EQ(ToYaml(again), yaml);
}

// A secret that a caller put in by hand is kept out too.
TEST_F(ConfigTest, SecretsAreNotPrinted) {
  Config config;
  config.kafka["sasl.password"] = "hunter2";
  EXPECT_EQ(ToYaml(config).find("hunter2"), std::string::npos);
}

TEST_F(ConfigTest, NamesWhatNeedsARestart) {
  Config before, after;
  after.log_level = base::LogLevel::kDebug;
  after.commit_interval_us = 1;
  after.backfill_share = 0.1;
  EXPECT_TRUE(NeedsRestart(before, after).empty());
  after.group = "other";
  after.topics.names.moves = "m";
  after.kafka["sasl.password"] = "new";
  after.kafka_files["sasl.password"] = "/pw";
  before.kafka["client.rack"] = "r1";
  EXPECT_EQ(NeedsRestart(before, after),
            (std::vector<std::string>{"group", "kafka.client.rack", "kafka.sasl.password_file",
                                      "topics.moves"}));
}

TEST_F(ConfigTest, KeysAndVariablesAreOneToOne) {
  std::map<std::string, std::string_view> variables;
  for (const Key& key : Keys()) {
    const auto [other, added] = variables.emplace(EnvironmentName(key.name), key.name);
    EXPECT_TRUE(added) << key.name << " and " << other->second;
    EXPECT_EQ(other->first.find("MEDVERKA_KAFKA_"), std::string::npos) << key.name;
  }
  EXPECT_TRUE(std::is_sorted(Keys().begin(), Keys().end(),
                             [](const Key& a, const Key& b) { return a.name < b.name; }));
}

}  // namespace
}  // namespace medverka::config
