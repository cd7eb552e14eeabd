// What a transaction costs by itself: each record goes out again as it came in, in a transaction with its offset. Headers
// medverka_input_partition and medverka_input_offset say which it was. Runs until it is ended.
//
//   java -cp JARS Echo.java BOOTSTRAP IN OUT GROUP

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

public class Echo {
    public static void main(String[] words) {
        Properties in = new Properties();
        in.put("bootstrap.servers", words[0]);
        in.put("group.id", words[3]);
        in.put("isolation.level", "read_committed");
        in.put("enable.auto.commit", "false");
        in.put("auto.offset.reset", "earliest");
        in.put("max.poll.records", "5000");
        Properties out = new Properties();
        out.put("bootstrap.servers", words[0]);
        out.put("transactional.id", words[3]);
        out.put("linger.ms", "0");
        try (KafkaConsumer<byte[], byte[]> consumer =
                 new KafkaConsumer<>(in, new ByteArrayDeserializer(), new ByteArrayDeserializer());
             KafkaProducer<byte[], byte[]> producer =
                 new KafkaProducer<>(out, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            consumer.subscribe(List.of(words[1]));
            while (true) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(1000));
                if (records.isEmpty()) {
                    continue;
                }
                producer.beginTransaction();
                Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    ProducerRecord<byte[], byte[]> copy =
                        new ProducerRecord<>(words[2], record.partition(), record.key(), record.value());
                    copy.headers().add("medverka_input_partition", text(record.partition()));
                    copy.headers().add("medverka_input_offset", text(record.offset()));
                    producer.send(copy);
                    offsets.put(new TopicPartition(record.topic(), record.partition()),
                        new OffsetAndMetadata(record.offset() + 1));
                }
                producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
                producer.commitTransaction();
            }
        }
    }

    private static byte[] text(long number) {
        return Long.toString(number).getBytes(StandardCharsets.UTF_8);
    }
}
