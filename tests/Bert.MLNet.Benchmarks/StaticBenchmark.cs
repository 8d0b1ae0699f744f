using System.CommandLine;
using System.Globalization;

namespace Bert.MLNet.Benchmarks;

/// <summary>
/// Static embeddings beside the real all-MiniLM-L6-v2: sentences per second of <c>ApplyBertEmbedding</c> in batches and one by one, the
/// size of the folder, and the time to open it. The contenders take turns, and the medians of the rounds are printed.
/// </summary>
internal static class StaticBenchmark
{
    public static Command Command()
    {
        var texts = new Option<FileInfo>("--texts")
        {
            Description = "A file of sentences, one a line; of a .tsv the first column, without its header.",
            DefaultValueFactory = _ => new FileInfo(Texts.Reviews),
        };
        var count = new Option<int>("--count") { Description = "How many of them.", DefaultValueFactory = _ => 650 };
        var repeat = new Option<int>("--repeat")
        {
            Description = "How often the table embeds all of them in a turn, so that its turn is long enough to measure.",
            DefaultValueFactory = _ => 100,
        };
        var rounds = new Option<int>("--rounds") { Description = "How often each contender has its turn.", DefaultValueFactory = _ => 5 };
        var threads = new Option<int>("--threads")
        {
            Description = "Threads that compute.",
            DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        var table = new Option<DirectoryInfo?>("--table")
        {
            Description = "A folder with static embeddings. Default: those that ToStatic creates from MiniLM.",
        };
        var command = new Command("static", "Static embeddings beside the network of all-MiniLM-L6-v2: speed, size, and time to open.")
            { texts, count, repeat, rounds, threads, table };
        command.SetAction(arguments => Run(
            Texts.Read(arguments.GetRequiredValue(texts).FullName, arguments.GetValue(count)), arguments.GetValue(repeat),
            arguments.GetValue(rounds), arguments.GetValue(threads), arguments.GetValue(table)?.FullName));
        return command;
    }

    private static void Run(string[] texts, int repeat, int rounds, int threads, string? folder)
    {
        string temporary = Directory.CreateTempSubdirectory().FullName;
        try
        {
            using var exported = new ExportedMiniLM();
            if (folder is null)
                exported.Model.ToStatic().SavePretrained(folder = temporary);
            BertModel table = BertModel.FromPretrained(folder);
            using EmbeddingContender network = new(exported.Model, threads, normalize: true), fast = new(table, threads, normalize: true);
            string[] many = Texts.Repeat(texts, texts.Length * repeat);
            (string Name, int Count, Action Work)[] turns =
            [
                (network.Batched.Name, texts.Length, () => network.Batched.Embed(texts)),
                (fast.Batched.Name, many.Length, () => fast.Batched.Embed(many)),
                (network.OneByOne.Name, texts.Length, () => network.OneByOne.Embed(texts)),
                (fast.OneByOne.Name, many.Length, () => fast.OneByOne.Embed(many)),
                ("open the table", 1, () => BertModel.FromPretrained(folder)),
            ];
            var measured = new Rounds([.. turns.Select(turn => turn.Work)], rounds, warming: 1);
            string[] files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
            double megabytes = files.Sum(file => new FileInfo(file).Length) / 1e6;
            Console.WriteLine(Machine.Description);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{exported.Model}; {table}, {megabytes:F1} MB; {texts.Length} sentences, {repeat} times for the table; " +
                $"{threads} threads; {measured.Description}"));
            Console.WriteLine();
            Console.WriteLine("| what | a second | lowest to highest | × the network in the same way |");
            Console.WriteLine("| ---- | -------: | ----------------: | ----------------------------: |");
            for (int i = 0; i < turns.Length - 1; i++)
            {
                double Seconds(Turn turn) => turn.Seconds;
                (double low, double high) = measured.Range(i, turn => turns[i].Count / turn.Seconds);
                double ratio = measured.MedianRatio(i - i % 2, i, Seconds) * turns[i].Count / texts.Length;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {turns[i].Name} | {turns[i].Count / measured.Median(i, Seconds):F0} | {low:F0} to {high:F0} | {ratio:F0} |"));
            }
            double Milliseconds(Turn turn) => 1000 * turn.Seconds;
            (double least, double most) = measured.Range(turns.Length - 1, Milliseconds);
            double median = measured.Median(turns.Length - 1, Milliseconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"\nThe table is opened in {median:F1} ms ({least:F1} to {most:F1}), its files in the system's cache."));
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }
}
