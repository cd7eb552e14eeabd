// RocksDB behind the Store contract: one column family per room, one WriteBatch per commit, synced.
//
// The WAL is on and whole, recovery takes a prefix of batches (RocksDB's default), and RocksDB's
// own repair is never asked for: any I/O error or damage stops the lane. Settings: each with its
// reason below.
//
// Column families are written to tables at different times. Where a log that is still needed has
// been lost or cut short, RocksDB opens without a word: late rows of one beside early rows of
// another. So each commit adds one to a tally in every column family, and writes what they must be.
#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/merge_operator.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>
#include <rocksdb/write_buffer_manager.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdarg>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "matcher/store/directory.h"
#include "matcher/store/store.h"
#include "ops/base/bytes.h"
#include "ops/base/check.h"

namespace medverka::matcher {

using base::ErrorCode;
using base::Fail;

class StoreMemory {
 public:
  StoreMemory(std::size_t block_cache_bytes, std::size_t buffer_bytes)
      : write_buffer_bytes(buffer_bytes),
        cache(rocksdb::NewLRUCache(block_cache_bytes)),
        write_buffers(std::make_shared<rocksdb::WriteBufferManager>(buffer_bytes, cache)) {}

  const std::size_t write_buffer_bytes;
  const std::shared_ptr<rocksdb::Cache> cache;
  const std::shared_ptr<rocksdb::WriteBufferManager> write_buffers;
};

std::shared_ptr<StoreMemory> MakeStoreMemory(std::uint64_t block_cache_bytes,
                                             std::uint64_t write_buffer_bytes) {
  return std::make_shared<StoreMemory>(block_cache_bytes, write_buffer_bytes);
}

StoreMemoryUse UseOf(const StoreMemory& memory) {
  return {memory.cache->GetUsage(), memory.cache->GetCapacity(),
          memory.write_buffers->memory_usage()};
}

namespace {

constexpr std::size_t kBlockCacheBytes = 32 * 1024 * 1024;
// All memtables together; past it the largest is flushed.
constexpr std::size_t kWriteBuffersBytes = 32 * 1024 * 1024;
constexpr std::size_t kStateWriteBufferBytes = 16 * 1024 * 1024;
constexpr std::size_t kSmallWriteBufferBytes = 4 * 1024 * 1024;
constexpr std::size_t kWriteBufferBytesMin = 256 * 1024;
constexpr int kOpenFilesMax = 256;
constexpr std::size_t kInfoLogBytesMax = 2 * 1024 * 1024;
constexpr std::size_t kInfoLogFilesMax = 4;
constexpr std::size_t kProtectionBytesPerKey = 8;  // the only size RocksDB knows, besides none
constexpr double kBloomBitsPerKey = 10;            // one resource in a hundred asked for in vain

constexpr std::array<const char*, kRooms> kRoomNames = {"default", "timers", "ledger", "meta"};

// RocksDB's own lock on a directory lasts as long as the database object, and one that was
// abandoned is never destroyed: this process could not open the directory again. DirectoryLock is
// the lock.
class WithoutLocks final : public rocksdb::FileSystemWrapper {
 public:
  WithoutLocks() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "MedverkaWithoutLocks"; }
  rocksdb::IOStatus LockFile(const std::string&, const rocksdb::IOOptions&,
                             rocksdb::FileLock** lock, rocksdb::IODebugContext*) override {
    *lock = new rocksdb::FileLock;
    return rocksdb::IOStatus::OK();
  }
  rocksdb::IOStatus UnlockFile(rocksdb::FileLock* lock, const rocksdb::IOOptions&,
                               rocksdb::IODebugContext*) override {
    delete lock;
    return rocksdb::IOStatus::OK();
  }
};

rocksdb::Env* Environment() {
  static rocksdb::Env* const environment =
      rocksdb::NewCompositeEnv(std::make_shared<WithoutLocks>()).release();
  return environment;
}

// Adds up the time during which RocksDB slowed writes down or stopped them. RocksDB tells of each
// change, from threads of its own.
class StallClock final : public rocksdb::EventListener {
 public:
  void OnStallConditionsChanged(const rocksdb::WriteStallInfo& info) override {
    const std::lock_guard<std::mutex> hold(mutex_);
    const bool stalled_before = !stalled_.empty();
    if (info.condition.cur == rocksdb::WriteStallCondition::kNormal) {
      stalled_.erase(info.cf_name);
    } else {
      stalled_.insert(info.cf_name);
    }
    if (stalled_before == !stalled_.empty()) return;
    const Clock::time_point now = Clock::now();
    if (stalled_before) total_ += now - since_;
    since_ = now;
  }
  double Seconds() const {
    const std::lock_guard<std::mutex> hold(mutex_);
    const Clock::duration whole = stalled_.empty() ? total_ : total_ + (Clock::now() - since_);
    return std::chrono::duration<double>(whole).count();
  }

 private:
  using Clock = std::chrono::steady_clock;
  mutable std::mutex mutex_;
  std::set<std::string> stalled_;  // column families
  Clock::time_point since_;
  Clock::duration total_{};
};

rocksdb::DBOptions DatabaseOptions() {
  rocksdb::DBOptions options;
  options.env = Environment();
  options.max_bgerror_resume_count =
      0;  // an error ends the store; nothing is tried again behind it
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
  // A false "Missing WAL" after a sync was mended only in 7.10; the tallies cover it.
  options.track_and_verify_wals_in_manifest = false;
  return options;
}

// In every room: how many commits have reached it. In the last of them: how many there were.
constexpr std::string_view kTallyKey("\0tally", 6);
constexpr std::string_view kCommitsKey("\0commits", 8);
constexpr std::size_t kTallyBytes = 8;

std::string EncodeTally(std::uint64_t tally) {
  base::ByteWriter out;
  out.BigEndian64(tally);
  return out.Take();
}
std::optional<std::uint64_t> DecodeTally(std::string_view bytes) {
  if (bytes.size() != kTallyBytes) return std::nullopt;
  return base::ByteReader(bytes).BigEndian64();
}

// Adds, so that a commit which is lost on the way is missed in the sum.
class AddTally final : public rocksdb::AssociativeMergeOperator {
 public:
  bool Merge(const rocksdb::Slice&, const rocksdb::Slice* before, const rocksdb::Slice& more,
             std::string* sum, rocksdb::Logger*) const override {
    const auto tally = before == nullptr ? 0 : DecodeTally(before->ToStringView());
    const auto added = DecodeTally(more.ToStringView());
    if (!tally || !added) return false;
    *sum = EncodeTally(*tally + *added);
    return true;
  }
  const char* Name() const override { return "medverka.tally"; }
};

// The shared bound makes RocksDB write out; while that is under way a room holds at most two
// buffers, so a share of the bound per buffer keeps a lane that writes without a pause near it,
// too.
std::size_t WriteBufferOf(Room room, std::size_t shared_bytes) {
  const bool large = room == Room::kState;
  const std::size_t most = large ? kStateWriteBufferBytes : kSmallWriteBufferBytes;
  return std::clamp(shared_bytes / (large ? 2 : 8), kWriteBufferBytesMin, most);
}

rocksdb::ColumnFamilyOptions RoomOptions(const std::shared_ptr<rocksdb::Cache>& cache,
                                         std::size_t write_buffer_bytes) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;  // inside the cache's bound, not beside it
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
  table.whole_key_filtering = true;
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.write_buffer_size = write_buffer_bytes;
  // Most resources are asked for once before they are there: memtables answer that without a search
  // too.
  options.memtable_whole_key_filtering = true;
  options.memtable_prefix_bloom_size_ratio = 0.1;
  options.compression = rocksdb::kLZ4Compression;
  options.level_compaction_dynamic_level_bytes = true;
  options.paranoid_file_checks = true;
  options.force_consistency_checks = true;
  options.memtable_protection_bytes_per_key = kProtectionBytesPerKey;
  options.merge_operator = std::make_shared<AddTally>();
  return options;
}

// RocksDB's words, as one of our sentences. They may name files, never keys (allow_data_in_errors
// is off).
tl::unexpected<base::Error> Failure(const rocksdb::Status& status, const std::string& directory) {
  if (status.IsNoSpace()) {
    return Fail(ErrorCode::kExhausted, "The volume of the state directory {} is full.", directory);
  }
  if (status.IsCorruption()) {
    return Fail(ErrorCode::kCorruption, "The state directory {} is damaged ({}).", directory,
                status.ToString());
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
    return Fail(ErrorCode::kCorruption, "The state directory {} cannot be read as a database ({}).",
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
// just refused, and a library built with assertions (Debian's is) ends the process over it. It is
// only made to leave its directory alone; who opens that next recovers from what is on disk.
void Abandon(std::unique_ptr<rocksdb::DB> database) {
  rocksdb::CancelAllBackgroundWork(database.get(), true);
  static auto* const abandoned = new std::vector<std::unique_ptr<rocksdb::DB>>;
  abandoned->push_back(std::move(database));
}

class RocksDbStore final : public Store {
 public:
  RocksDbStore(std::string directory, internal::DirectoryLock lock, rocksdb::DB* database,
               std::vector<rocksdb::ColumnFamilyHandle*> rooms, const RocksDbOptions& options,
               std::shared_ptr<StallClock> stalls)
      : directory_(std::move(directory)),
        lock_(std::move(lock)),
        memory_(options.memory),
        stalls_(std::move(stalls)),
        database_(database),
        rooms_(std::move(rooms)),
        sync_(options.sync),
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
    return Row(Handle(room), key);
  }

  base::Result<void> Scan(
      Room room, std::string_view prefix,
      const std::function<bool(std::string_view, std::string_view)>& visit) const override {
    return ScanFrom(room, prefix, prefix, visit);
  }

  base::Result<void> ScanFrom(
      Room room, std::string_view prefix, std::string_view from,
      const std::function<bool(std::string_view, std::string_view)>& visit) const override {
    const std::string after = AfterPrefix(prefix);
    const rocksdb::Slice bound = after;
    rocksdb::ReadOptions options;
    // The bound lets RocksDB stop before it wades through what was deleted behind the prefix.
    if (!after.empty()) options.iterate_upper_bound = &bound;
    const std::unique_ptr<rocksdb::Iterator> row(database_->NewIterator(options, Handle(room)));
    for (row->Seek(SliceOf(std::max(prefix, from))); row->Valid(); row->Next()) {
      if (IsOurs(ViewOf(row->key()))) continue;
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
    options.sync = sync_;  // embedded, this disk is the only copy
    for (rocksdb::ColumnFamilyHandle* room : rooms_) {
      Keep(batch_.Merge(room, SliceOf(kTallyKey), EncodeTally(1)));
    }
    Keep(batch_.Put(rooms_.back(), SliceOf(kCommitsKey), EncodeTally(++commits_)));
    rocksdb::Status status = std::exchange(batch_status_, rocksdb::Status::OK());
    if (status.ok()) status = database_->Write(options, &batch_);
    batch_.Clear();
    failed_ = !status.ok();
    if (failed_) return Failure(status, directory_);
    return {};
  }

  // REQUIRES: nothing was committed yet.
  base::Result<void> CheckTallies() {
    MEDVERKA_ASSIGN(const std::optional<std::string> commits, Row(rooms_.back(), kCommitsKey));
    commits_ = commits ? DecodeTally(*commits).value_or(0) : 0;
    for (rocksdb::ColumnFamilyHandle* room : rooms_) {
      MEDVERKA_ASSIGN(const std::optional<std::string> tally, Row(room, kTallyKey));
      if ((tally ? DecodeTally(*tally) : 0) == commits_) continue;
      return Fail(ErrorCode::kCorruption,
                  "The state directory {} is damaged (commits are missing in its room {}).",
                  directory_, room->GetName());
    }
    return {};
  }

  base::Result<void> Verify() const override {
    const rocksdb::Status status = database_->VerifyChecksum(rocksdb::ReadOptions());
    if (!status.ok()) return Failure(status, directory_);
    return {};
  }

  StoreMeasures measures() const override {
    using Properties = rocksdb::DB::Properties;
    StoreMeasures measures;
    measures.keys = Sum(Properties::kEstimateNumKeys);
    measures.live_bytes = Sum(Properties::kLiveSstFilesSize);
    measures.pending_bytes = Sum(Properties::kEstimatePendingCompactionBytes);
    measures.memtable_bytes = Sum(Properties::kCurSizeAllMemTables);
    measures.stalled_seconds = stalls_->Seconds();
    return measures;
  }

 private:
  // Over all column families.
  std::uint64_t Sum(const std::string& property) const {
    std::uint64_t sum = 0;
    if (!database_->GetAggregatedIntProperty(property, &sum)) return 0;
    return sum;
  }
  base::Result<std::optional<std::string>> Row(rocksdb::ColumnFamilyHandle* room,
                                               std::string_view key) const {
    rocksdb::PinnableSlice value;
    const rocksdb::Status status =
        database_->Get(rocksdb::ReadOptions(), room, SliceOf(key), &value);
    if (status.IsNotFound()) return std::optional<std::string>();
    if (!status.ok()) return Failure(status, directory_);
    return std::optional<std::string>(value.ToString());
  }
  static bool IsOurs(std::string_view key) { return key == kTallyKey || key == kCommitsKey; }
  rocksdb::ColumnFamilyHandle* Handle(Room room) const {
    return rooms_[static_cast<std::size_t>(room)];
  }
  // A batch that could not take a change is reported by the commit.
  void Keep(rocksdb::Status status) {
    if (batch_status_.ok()) batch_status_ = std::move(status);
  }

  std::string directory_;
  internal::DirectoryLock lock_;
  std::shared_ptr<StoreMemory> memory_;
  std::shared_ptr<StallClock> stalls_;
  std::unique_ptr<rocksdb::DB> database_;
  std::vector<rocksdb::ColumnFamilyHandle*> rooms_;
  const bool sync_;
  std::uint64_t commits_ = 0;
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
  const std::shared_ptr<rocksdb::Cache> cache =
      options.memory ? options.memory->cache : rocksdb::NewLRUCache(kBlockCacheBytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (std::size_t room = 0; room < kRooms; ++room) {
    const std::size_t buffer =
        WriteBufferOf(static_cast<Room>(room),
                      options.memory ? options.memory->write_buffer_bytes : kWriteBuffersBytes);
    descriptors.emplace_back(kRoomNames[room], RoomOptions(cache, buffer));
  }
  rocksdb::DB* database = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> rooms;
  rocksdb::DBOptions database_options = DatabaseOptions();
  // A complete state whose database lost its entry point is damage, never a new beginning.
  database_options.create_if_missing = prepared.fresh;
  database_options.create_missing_column_families = prepared.fresh;
  if (options.read_only) database_options.info_log = std::make_shared<NoLog>();
  if (options.memory) database_options.write_buffer_manager = options.memory->write_buffers;
  auto stalls = std::make_shared<StallClock>();
  database_options.listeners.push_back(stalls);
  const rocksdb::Status status =
      options.read_only
          ? rocksdb::DB::OpenForReadOnly(database_options, directory, descriptors, &rooms,
                                         &database)
          : rocksdb::DB::Open(database_options, directory, descriptors, &rooms, &database);
  if (!status.ok()) return Failure(status, directory);
  auto store = std::make_unique<RocksDbStore>(directory, std::move(prepared.lock), database,
                                              std::move(rooms), options, std::move(stalls));
  MEDVERKA_TRY(store->CheckTallies());
  // The stamp of this format keeps an older program out.
  const bool stamp = prepared.fresh || (prepared.older && !options.read_only);
  if (stamp) MEDVERKA_TRY(internal::MarkComplete(directory));
  return store;
}

}  // namespace medverka::matcher
