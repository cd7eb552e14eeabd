// A Kafka Streams job of the smallest useful kind, exactly once: reads each event as JSON and keeps, per patient, how many there
// were and the last one's id. No output but its changelog. Prints {"records", "seconds"} when it has seen as many as asked.
//
//   java -cp JARS StateJob.java BOOTSTRAP TOPIC APPLICATION COUNT DIRECTORY THREADS

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;

public class StateJob {
    public static void main(String[] words) throws Exception {
        long wanted = Long.parseLong(words[3]);
        Properties properties = new Properties();
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, words[0]);
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, words[2]);
        properties.put(StreamsConfig.STATE_DIR_CONFIG, words[4]);
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, words[5]);
        properties.put("auto.offset.reset", "earliest");
        properties.put("replication.factor", "1");

        ObjectMapper mapper = new ObjectMapper();
        AtomicLong seen = new AtomicLong();
        AtomicLong first = new AtomicLong();
        AtomicLong last = new AtomicLong();
        CountDownLatch done = new CountDownLatch(1);
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(words[1], Consumed.with(Serdes.String(), Serdes.ByteArray()))
            .peek((key, value) -> {
                first.compareAndSet(0, System.nanoTime());
                if (seen.incrementAndGet() >= wanted) {
                    last.set(System.nanoTime());
                    done.countDown();
                }
            })
            .groupByKey(Grouped.with(Serdes.String(), Serdes.ByteArray()))
            .aggregate(() -> "0", (key, value, held) -> {
                String id = "";
                try {
                    JsonNode event = mapper.readTree(value);
                    id = event.path("id").asText();
                } catch (Exception poison) {
                    id = "poison";
                }
                long count = Long.parseLong(held.split(" ")[0]) + 1;
                return count + " " + id;
            }, Materialized.with(Serdes.String(), Serdes.String()));
        KafkaStreams streams = new KafkaStreams(builder.build(), properties);
        streams.start();
        done.await();
        System.out.println("{\"records\": " + seen.get() + ", \"seconds\": " + (last.get() - first.get()) / 1e9 + "}");
        streams.close();
    }
}
