// A consumer-producer as one would write it with kafkajs: each batch is parsed and copied out in a transaction with its offsets.
// Prints {"records", "seconds"} when it has seen as many as asked.
//
//   node copy.js BOOTSTRAP IN OUT GROUP COUNT
const { Kafka, Partitioners, logLevel } = require("kafkajs");

async function main() {
  const [bootstrap, from, to, group, count] = process.argv.slice(2);
  const wanted = Number(count);
  const kafka = new Kafka({ clientId: group, brokers: bootstrap.split(","), logLevel: logLevel.ERROR });
  const producer = kafka.producer({
    transactionalId: group, maxInFlightRequests: 1, idempotent: true, createPartitioner: Partitioners.DefaultPartitioner,
  });
  const consumer = kafka.consumer({ groupId: group, readUncommitted: false });
  await producer.connect();
  await consumer.connect();
  await consumer.subscribe({ topic: from, fromBeginning: true });
  let seen = 0;
  let first = 0n;
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      first = first || process.hrtime.bigint();
      const messages = [];
      for (const message of batch.messages) {
        try {
          JSON.parse(message.value.toString());
        } catch (poison) {
          // Copied all the same: what is measured is the way there.
        }
        messages.push({ key: message.key, value: message.value, partition: batch.partition });
      }
      const transaction = await producer.transaction();
      await transaction.send({ topic: to, messages });
      const next = (BigInt(batch.lastOffset()) + 1n).toString();
      await transaction.sendOffsets({
        consumerGroupId: group, topics: [{ topic: from, partitions: [{ partition: batch.partition, offset: next }] }],
      });
      await transaction.commit();
      seen += messages.length;
      if (seen >= wanted) {
        const seconds = Number(process.hrtime.bigint() - first) / 1e9;
        console.log(JSON.stringify({ records: seen, seconds }));
        process.exit(0);
      }
    },
  });
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
