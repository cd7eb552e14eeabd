// RocksDB behind the Store contract: one column family per room, one WriteBatch per commit, synced.
//
// The WAL is on and whole, recovery takes a prefix of batches (RocksDB's default), and RocksDB's
// own repair is never asked for: any I/O error or damage stops the lane. Settings: each with its
// reason below.
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <cstdarg>
#include <utility>
#include <vector>

#include "matcher/store/directory.h"
#include "matcher/store/store.h"
#include "ops/base/check.h"

namespace medverka::matcher {

using base::ErrorCode;
using base::Fail;

namespace {

constexpr std::size_t kBlockCacheBytes = 32 * 1024 * 1024;
// All memtables together; past it the largest is flushed.
constexpr std::size_t kWriteBuffersBytes = 32 * 1024 * 1024;
constexpr std::size_t kStateWriteBufferBytes = 16 * 1024 * 1024;
constexpr std::size_t kSmallWriteBufferBytes = 4 * 1024 * 1024;
constexpr int kOpenFilesMax = 256;
constexpr std::size_t kInfoLogBytesMax = 2 * 1024 * 1024;
constexpr std::size_t kInfoLogFilesMax = 4;
constexpr std::size_t kProtectionBytesPerKey = 8;  // the only size RocksDB knows, besides none
constexpr double kBloomBitsPerKey = 10;            // one resource in a hundred asked for in vain

constexpr std::array<const char*, kRooms> kRoomNames = {"default", "timers", "ledger", "meta"};

rocksdb::DBOptions DatabaseOptions() {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.max_background_jobs = 2;
  options.max_open_files = kOpenFilesMax;
  options.db_write_buffer_size = kWriteBuffersBytes;
  options.max_log_file_size = kInfoLogBytesMax;
  options.keep_log_file_num = kInfoLogFilesMax;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.recycle_log_file_num = 0;
  // A WAL is kept until every column family it holds is flushed; the small ones seldom fill up.
  options.max_total_wal_size = 2 * kWriteBuffersBytes;
  options.paranoid_checks = true;
  // A false "Missing WAL" after a sync was mended only in 7.10; the lane's chained marker covers
  // it.
  options.track_and_verify_wals_in_manifest = false;
  return options;
}

rocksdb::ColumnFamilyOptions RoomOptions(Room room, const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;  // inside the cache's bound, not beside it
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
  table.whole_key_filtering = true;
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.write_buffer_size =
      room == Room::kState ? kStateWriteBufferBytes : kSmallWriteBufferBytes;
  // Most resources are asked for once before they are there: memtables answer that without a search
  // too.
  options.memtable_whole_key_filtering = true;
  options.memtable_prefix_bloom_size_ratio = 0.1;
  options.compression = rocksdb::kLZ4Compression;
  options.level_compaction_dynamic_level_bytes = true;
  options.paranoid_file_checks = true;
  options.force_consistency_checks = true;
  options.memtable_protection_bytes_per_key = kProtectionBytesPerKey;
  return options;
}

// RocksDB's words, as one of our sentences. They may name files, never keys (allow_data_in_errors
// is off).
tl::unexpected<base::Error> Failure(const rocksdb::Status& status, const std::string& directory) {
  if (status.IsNoSpace()) {
    return Fail(ErrorCode::kExhausted,
                "The volume of the state directory {} is full. Make room and start again; what was "
                "committed is kept.",
                directory);
  }
  if (status.IsCorruption()) {
    return Fail(
        ErrorCode::kCorruption,
        "The state directory {} is damaged ({}). Move the directory away and run again from "
        "the journal; nothing is repaired or guessed.",
        directory, status.ToString());
  }
  const std::string why = status.ToString();
  if (status.IsIOError() && why.find("lock") != std::string::npos) {
    return Fail(ErrorCode::kUnavailable,
                "The state directory {} is in use by another process. Stop that one first, or name "
                "another directory.",
                directory);
  }
  if (status.IsIOError() && status.subcode() != rocksdb::Status::kPathNotFound &&
      why.find("Read-only file system") != std::string::npos) {
    return Fail(ErrorCode::kIo, "The state directory {} lies on a read-only file system.",
                directory);
  }
  if (status.IsInvalidArgument() || status.IsNotSupported() ||
      status.subcode() == rocksdb::Status::kPathNotFound) {
    return Fail(ErrorCode::kCorruption,
                "The state directory {} cannot be read as a database ({}). Move the directory away "
                "and run again from the journal; nothing is repaired or guessed.",
                directory, why);
  }
  return Fail(ErrorCode::kIo, "The disk under the state directory {} failed ({}).", directory, why);
}

// For opening without writing anything: not even a log of having been here.
class NoLog final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

rocksdb::Slice SliceOf(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view ViewOf(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// The first key after all that start with `prefix`; "" if there is none.
std::string AfterPrefix(std::string_view prefix) {
  std::string after(prefix);
  while (!after.empty() && static_cast<unsigned char>(after.back()) == 0xff) after.pop_back();
  if (!after.empty()) after.back() = static_cast<char>(after.back() + 1);
  return after;
}

// A database whose write failed is not closed: closing would write once more to the log that has
// just refused, and a library built with assertions (Debian's is) ends the process over it. The
// next process recovers from what is on disk.
void Abandon(std::unique_ptr<rocksdb::DB> database) {
  static auto* const abandoned = new std::vector<std::unique_ptr<rocksdb::DB>>;
  abandoned->push_back(std::move(database));
}

class RocksDbStore final : public Store {
 public:
  RocksDbStore(std::string directory, internal::DirectoryLock lock, rocksdb::DB* database,
               std::vector<rocksdb::ColumnFamilyHandle*> rooms)
      : directory_(std::move(directory)),
        lock_(std::move(lock)),
        database_(database),
        rooms_(std::move(rooms)),
        batch_(0, 0, kProtectionBytesPerKey, 0) {}

  ~RocksDbStore() override {
    if (failed_) {
      Abandon(std::move(database_));
      return;
    }
    for (rocksdb::ColumnFamilyHandle* room : rooms_) {
      database_->DestroyColumnFamilyHandle(room).PermitUncheckedError();
    }
    database_->Close().PermitUncheckedError();
  }

  base::Result<std::optional<std::string>> Get(Room room, std::string_view key) const override {
    rocksdb::PinnableSlice value;
    const rocksdb::Status status =
        database_->Get(rocksdb::ReadOptions(), Handle(room), SliceOf(key), &value);
    if (status.IsNotFound()) return std::optional<std::string>();
    if (!status.ok()) return Failure(status, directory_);
    return std::optional<std::string>(value.ToString());
  }

  base::Result<void> Scan(
      Room room, std::string_view prefix,
      const std::function<bool(std::string_view, std::string_view)>& visit) const override {
    const std::string after = AfterPrefix(prefix);
    const rocksdb::Slice bound = after;
    rocksdb::ReadOptions options;
    // The bound lets RocksDB stop before it wades through what was deleted behind the prefix.
    if (!after.empty()) options.iterate_upper_bound = &bound;
    const std::unique_ptr<rocksdb::Iterator> row(database_->NewIterator(options, Handle(room)));
    for (row->Seek(SliceOf(prefix)); row->Valid(); row->Next()) {
      if (!visit(ViewOf(row->key()), ViewOf(row->value()))) return {};
    }
    if (!row->status().ok()) return Failure(row->status(), directory_);
    return {};
  }

  void Put(Room room, std::string_view key, std::string_view value) override {
    Keep(batch_.Put(Handle(room), SliceOf(key), SliceOf(value)));
  }
  void Delete(Room room, std::string_view key) override {
    Keep(batch_.Delete(Handle(room), SliceOf(key)));
  }

  base::Result<void> Commit() override {
    rocksdb::WriteOptions options;
    options.sync = true;  // embedded, this disk is the only copy
    rocksdb::Status status = std::exchange(batch_status_, rocksdb::Status::OK());
    if (status.ok()) status = database_->Write(options, &batch_);
    batch_.Clear();
    failed_ = !status.ok();
    if (failed_) return Failure(status, directory_);
    return {};
  }

 private:
  rocksdb::ColumnFamilyHandle* Handle(Room room) const {
    return rooms_[static_cast<std::size_t>(room)];
  }
  // A batch that could not take a change is reported by the commit.
  void Keep(rocksdb::Status status) {
    if (batch_status_.ok()) batch_status_ = std::move(status);
  }

  std::string directory_;
  internal::DirectoryLock lock_;
  std::unique_ptr<rocksdb::DB> database_;
  std::vector<rocksdb::ColumnFamilyHandle*> rooms_;
  rocksdb::WriteBatch batch_;
  rocksdb::Status batch_status_;
  bool failed_ = false;
};

}  // namespace

base::Result<std::unique_ptr<Store>> OpenRocksDbStore(const std::string& directory,
                                                      const RocksDbOptions& options) {
  MEDVERKA_ASSIGN(
      internal::PreparedDirectory prepared,
      internal::PrepareDirectory(directory, options.create_if_missing, options.read_only));
  const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(kBlockCacheBytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (std::size_t room = 0; room < kRooms; ++room) {
    descriptors.emplace_back(kRoomNames[room], RoomOptions(static_cast<Room>(room), cache));
  }
  rocksdb::DB* database = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> rooms;
  rocksdb::DBOptions database_options = DatabaseOptions();
  // A complete state whose database lost its entry point is damage, never a new beginning.
  database_options.create_if_missing = prepared.fresh;
  database_options.create_missing_column_families = prepared.fresh;
  if (options.read_only) database_options.info_log = std::make_shared<NoLog>();
  const rocksdb::Status status =
      options.read_only
          ? rocksdb::DB::OpenForReadOnly(database_options, directory, descriptors, &rooms,
                                         &database)
          : rocksdb::DB::Open(database_options, directory, descriptors, &rooms, &database);
  if (!status.ok()) return Failure(status, directory);
  std::unique_ptr<Store> store = std::make_unique<RocksDbStore>(directory, std::move(prepared.lock),
                                                                database, std::move(rooms));
  // The stamp of this format keeps an older program out.
  const bool stamp = prepared.fresh || (prepared.older && !options.read_only);
  if (stamp) MEDVERKA_TRY(internal::MarkComplete(directory));
  return store;
}

}  // namespace medverka::matcher
